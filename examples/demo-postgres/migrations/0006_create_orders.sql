-- migrate:up
CREATE TYPE order_status AS ENUM ('open', 'shipped', 'cancelled');

CREATE TABLE orders (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer TEXT NOT NULL,
  status order_status NOT NULL DEFAULT 'open',
  ordered_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE order_lines (
  order_id BIGINT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  product_id BIGINT NOT NULL REFERENCES products (id),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (order_id, product_id)
);

CREATE INDEX open_orders ON orders (ordered_at) WHERE status = 'open';
CREATE INDEX order_lines_by_product ON order_lines (product_id);

-- migrate:down
DROP TABLE order_lines;
DROP TABLE orders;
DROP TYPE order_status;
