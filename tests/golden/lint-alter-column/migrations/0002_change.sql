-- migrate:up irreversible:"test"
ALTER TABLE users ALTER COLUMN name SET NOT NULL;
