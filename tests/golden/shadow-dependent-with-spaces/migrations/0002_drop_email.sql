-- migrate:up allow:data-loss irreversible:"test"
ALTER TABLE users DROP COLUMN email;
