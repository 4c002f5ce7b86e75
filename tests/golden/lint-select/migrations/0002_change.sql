-- migrate:up irreversible:"test"
SELECT count(*) FROM users;
