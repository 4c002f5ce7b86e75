-- migrate:up irreversible:"a test"
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL UNIQUE REFERENCES users (id));
