-- migrate:up irreversible:"test"
ALTER TABLE users ADD COLUMN nick text NOT NULL;
