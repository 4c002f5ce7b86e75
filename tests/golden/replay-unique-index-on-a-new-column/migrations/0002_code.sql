-- migrate:up irreversible:"a test"
ALTER TABLE users ADD COLUMN code TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX users_code ON users (code);
