-- migrate:up irreversible:"a test"
CREATE TABLE users (id INTEGER PRIMARY KEY, code TEXT NOT NULL CHECK (code GLOB 'X[0-9][0-9]-*'));
