-- migrate:up irreversible:"a test"
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
-- migrate:sample
INSERT INTO users VALUES (1, 'Ada Lovelace');
