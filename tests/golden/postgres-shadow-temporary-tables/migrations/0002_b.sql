-- migrate:up transaction:off
CREATE TEMPORARY TABLE counts (n int);
CREATE TABLE items (id bigint PRIMARY KEY);
-- migrate:down
CREATE TEMPORARY TABLE counts (n int);
DROP TABLE items;
