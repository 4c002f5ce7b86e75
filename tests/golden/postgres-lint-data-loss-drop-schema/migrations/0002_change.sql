-- migrate:up irreversible:"test"
DROP SCHEMA archive CASCADE;
