-- migrate:up irreversible:"test data"
-- bobolink:allow data-loss test rows
DELETE FROM users WHERE name = "admin";
