-- migrate:up irreversible:"test"
DROP TABLE users;
