-- migrate:up irreversible:"a test"
CREATE TABLE orders (id bigint PRIMARY KEY);
