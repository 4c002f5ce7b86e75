-- migrate:up irreversible:"a test"
CREATE TABLE users (id bigint PRIMARY KEY, kind text NOT NULL);
