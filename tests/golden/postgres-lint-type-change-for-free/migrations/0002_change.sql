-- migrate:up irreversible:"test"
ALTER TABLE users ALTER COLUMN mail TYPE varchar(120), ALTER COLUMN name TYPE text;
ALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 2);
