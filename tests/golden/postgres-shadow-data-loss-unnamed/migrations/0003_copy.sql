-- migrate:up irreversible:"test"
CREATE TABLE orders_2 (id int PRIMARY KEY);
INSERT INTO orders_2 SELECT id FROM orders;
DROP TABLE orders;
ALTER TABLE orders_2 RENAME TO orders;
