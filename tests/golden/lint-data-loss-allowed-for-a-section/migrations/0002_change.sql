-- migrate:up allow:data-loss irreversible:"test"
DROP TABLE users;
