-- migrate:up irreversible:"a test"
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
-- migrate:sample
INSERT INTO users (id, nam)
VALUES (1, 'Ada');
