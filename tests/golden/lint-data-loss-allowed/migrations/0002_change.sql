-- migrate:up irreversible:"test"
-- bobolink:allow data-loss the addresses moved to another service
ALTER TABLE users DROP COLUMN email;
