-- migrate:up
CREATE TABLE a (b);
-- migrate:dwon
DROP TABLE a;
