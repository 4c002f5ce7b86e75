-- migrate:up irreversible:"test"
TRUNCATE orders;
