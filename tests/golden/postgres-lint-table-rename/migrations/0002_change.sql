-- migrate:up irreversible:"test"
ALTER TABLE users RENAME TO accounts;
