CREATE TABLE a (b);
-- migrate:up
CREATE TABLE c (d);
