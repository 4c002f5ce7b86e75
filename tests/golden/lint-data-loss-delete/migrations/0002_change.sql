-- migrate:up irreversible:"test"
DELETE FROM users;
