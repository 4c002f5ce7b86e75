-- migrate:up irreversible:"a test"
ALTER TABLE users ADD COLUMN team text;
ALTER TABLE users ALTER COLUMN team SET NOT NULL;
