-- migrate:up irreversible:"test"
ALTER TABLE users ADD CONSTRAINT users_mail UNIQUE USING INDEX users_mail;
