-- The ledger: stock is never written, only moved. What is on the shelf is the sum.

-- migrate:up
CREATE TABLE movements (
  id INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES products (id),
  warehouse_id INTEGER NOT NULL REFERENCES warehouses (id),
  quantity INTEGER NOT NULL CHECK (quantity <> 0),
  kind TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  moved_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX movements_by_product ON movements (product_id, warehouse_id);
CREATE INDEX movements_by_warehouse ON movements (warehouse_id);

-- migrate:down
DROP TABLE movements;
