-- migrate:up
CREATE TABLE orders (id INTEGER PRIMARY KEY, product_id INTEGER);
CREATE INDEX orders_by_product ON orders (product_id);
-- migrate:down
DROP TABLE orders;
