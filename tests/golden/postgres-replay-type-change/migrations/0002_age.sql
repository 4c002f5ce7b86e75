-- migrate:up irreversible:"a test"
ALTER TABLE users ALTER COLUMN age TYPE integer USING age::integer;
