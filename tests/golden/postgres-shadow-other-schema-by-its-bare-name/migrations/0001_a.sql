-- migrate:up
CREATE SCHEMA shop;
CREATE TABLE shop.orders (id bigint PRIMARY KEY);
-- migrate:down
DROP TABLE orders;
DROP SCHEMA shop;
