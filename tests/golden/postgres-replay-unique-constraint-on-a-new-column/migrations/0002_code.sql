-- migrate:up irreversible:"a test"
ALTER TABLE users ADD COLUMN code text NOT NULL DEFAULT '';
ALTER TABLE users ADD CONSTRAINT users_code UNIQUE (code);
