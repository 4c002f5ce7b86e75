-- migrate:up irreversible:"a test"
CREATE TABLE users (id bigint PRIMARY KEY, name text);
-- migrate:sample
INSERT INTO users (id, nam)
VALUES (1, 'Ada');
