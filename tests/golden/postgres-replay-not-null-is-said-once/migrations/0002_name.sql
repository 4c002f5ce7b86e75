-- migrate:up irreversible:"a test"
ALTER TABLE users ADD COLUMN name text NOT NULL;
