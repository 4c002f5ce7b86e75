-- migrate:up irreversible:"a test"
ALTER TABLE users ADD COLUMN town text;
UPDATE users SET town = 'Utrecht';
ALTER TABLE users ALTER COLUMN town SET NOT NULL;
