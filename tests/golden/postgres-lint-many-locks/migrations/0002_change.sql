-- migrate:up irreversible:"test"
ALTER TABLE users ADD COLUMN note text;
ALTER TABLE orders ADD COLUMN note text;
