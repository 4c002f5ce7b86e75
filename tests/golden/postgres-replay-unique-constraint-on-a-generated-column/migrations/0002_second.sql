-- migrate:up irreversible:"a test"
ALTER TABLE users ADD COLUMN email_key text GENERATED ALWAYS AS (lower(email)) STORED UNIQUE;
