-- migrate:up irreversible:"test"
ALTER TABLE users
	DROP COLUMN email;
