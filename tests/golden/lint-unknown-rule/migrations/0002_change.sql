-- migrate:up irreversible:"test"
-- bobolink:allow dataloss reviewed
DROP TABLE users;
