-- The ledger: stock is never written, only moved. What is on the shelf is the sum.

-- migrate:up
CREATE TYPE movement_kind AS ENUM ('receipt', 'sale', 'issue');

CREATE TABLE movements (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id BIGINT NOT NULL REFERENCES products (id),
  warehouse_id BIGINT NOT NULL REFERENCES warehouses (id),
  quantity INTEGER NOT NULL CHECK (quantity <> 0),
  kind movement_kind NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  moved_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE INDEX movements_by_product ON movements (product_id, warehouse_id);
CREATE INDEX movements_by_warehouse ON movements (warehouse_id);

-- migrate:down
DROP TABLE movements;
DROP TYPE movement_kind;
