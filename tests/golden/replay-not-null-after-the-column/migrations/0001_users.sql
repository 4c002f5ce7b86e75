-- migrate:up irreversible:"a test"
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
