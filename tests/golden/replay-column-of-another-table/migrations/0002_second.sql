-- migrate:up irreversible:"a test"
ALTER TABLE contacts ADD COLUMN email TEXT;
CREATE UNIQUE INDEX users_email ON users (email);
