-- migrate:up irreversible:"a test"
ALTER TABLE users ADD COLUMN slug text;
ALTER TABLE users ALTER COLUMN slug TYPE text USING lower(email);
ALTER TABLE users ADD UNIQUE (slug);
