-- migrate:up irreversible:"test"
ALTER TABLE users ADD CONSTRAINT mail_set CHECK (mail IS NOT NULL) NOT VALID;
