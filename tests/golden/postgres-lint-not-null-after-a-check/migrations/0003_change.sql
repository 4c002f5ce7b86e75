-- migrate:up irreversible:"test"
ALTER TABLE users VALIDATE CONSTRAINT mail_set;
