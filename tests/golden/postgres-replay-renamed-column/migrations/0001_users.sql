-- migrate:up irreversible:"a test"
CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL);
