-- migrate:up irreversible:"test"
ALTER TABLE users RENAME COLUMN mail TO email;
