-- migrate:up irreversible:"a test"
ALTER TABLE users ADD COLUMN title text;
UPDATE users SET title = 'Developer' WHERE kind = 'dev';
ALTER TABLE users ALTER COLUMN title SET NOT NULL;
