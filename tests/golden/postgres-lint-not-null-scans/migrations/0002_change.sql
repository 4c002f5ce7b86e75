-- migrate:up irreversible:"test"
ALTER TABLE users ALTER COLUMN mail SET NOT NULL;
