-- migrate:up irreversible:"test"
ALTER TABLE users ADD COLUMN age INTEGER NOT NULL;
