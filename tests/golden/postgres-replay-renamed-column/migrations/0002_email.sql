-- migrate:up irreversible:"a test"
ALTER TABLE users RENAME COLUMN mail TO email;
ALTER TABLE users ADD CONSTRAINT users_email UNIQUE (email);
