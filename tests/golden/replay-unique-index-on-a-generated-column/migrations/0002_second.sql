-- migrate:up irreversible:"a test"
ALTER TABLE users ADD COLUMN email_key TEXT GENERATED ALWAYS AS (lower(email)) VIRTUAL;
CREATE UNIQUE INDEX users_email_key ON users (email_key);
