-- migrate:up irreversible:"a test"
CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
