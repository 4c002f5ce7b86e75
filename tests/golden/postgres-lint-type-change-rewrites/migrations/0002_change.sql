-- migrate:up irreversible:"test"
ALTER TABLE orders ALTER COLUMN user_id TYPE numeric(20, 0);
