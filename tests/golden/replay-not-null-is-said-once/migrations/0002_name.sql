-- migrate:up irreversible:"a test"
ALTER TABLE users ADD COLUMN name TEXT NOT NULL;
