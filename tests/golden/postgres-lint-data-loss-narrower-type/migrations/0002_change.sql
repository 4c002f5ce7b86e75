-- migrate:up irreversible:"test"
ALTER TABLE orders ALTER COLUMN total TYPE integer;
