-- migrate:up
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  total_cents INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX orders_by_customer ON orders (customer_id);

CREATE TABLE order_positions (
  order_id INTEGER NOT NULL REFERENCES orders (id),
  position INTEGER NOT NULL,
  item TEXT NOT NULL,
  cents INTEGER NOT NULL,
  PRIMARY KEY (order_id, position)
);

-- migrate:down
DROP TABLE order_positions;
DROP TABLE orders;
