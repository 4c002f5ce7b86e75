-- migrate:up allow:data-loss irreversible:"gone"
ALTER TABLE users DROP COLUMN email;
