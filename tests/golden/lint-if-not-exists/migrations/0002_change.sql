-- migrate:up irreversible:"test"
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, phone TEXT);
