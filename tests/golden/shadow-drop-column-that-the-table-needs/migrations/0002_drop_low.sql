-- migrate:up allow:data-loss irreversible:"test"
ALTER TABLE offers DROP COLUMN low;
