-- migrate:up
INSERT INTO orders (id, total) SELECT id + 1, 7 FROM orders;
CREATE TABLE made AS SELECT * FROM orders;
