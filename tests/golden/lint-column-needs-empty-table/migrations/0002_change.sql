-- migrate:up irreversible:"test"
ALTER TABLE users ADD COLUMN since TEXT DEFAULT CURRENT_TIMESTAMP;
