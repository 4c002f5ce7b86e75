-- migrate:up irreversible:"a test"
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
