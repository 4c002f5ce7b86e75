-- migrate:up
DROP VIEW IF EXISTS names;
DROP VIEW IF EXISTS mails;
ALTER TABLE users ADD COLUMN mail TEXT;

-- migrate:down allow:data-loss
DROP VIEW IF EXISTS names;
ALTER TABLE users DROP COLUMN mail;
