-- migrate:up
CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL
);
-- migrate:down
DROP TABLE products;
