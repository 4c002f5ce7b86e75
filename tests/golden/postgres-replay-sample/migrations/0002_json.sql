-- migrate:up irreversible:"a test"
ALTER TABLE users ALTER COLUMN data TYPE jsonb USING data::jsonb;
