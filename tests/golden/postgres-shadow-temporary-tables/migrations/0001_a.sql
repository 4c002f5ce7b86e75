-- migrate:up
CREATE TABLE orders (id bigint PRIMARY KEY, total int);
CREATE TEMPORARY TABLE sums AS SELECT sum(total) FROM orders;
-- migrate:down
CREATE TEMPORARY TABLE sums AS SELECT count(*) FROM orders;
DROP TABLE orders;
