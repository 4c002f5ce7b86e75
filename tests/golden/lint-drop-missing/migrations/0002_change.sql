-- migrate:up irreversible:"test"
DROP INDEX IF EXISTS user_email;
