-- migrate:up
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE VIEW mails AS
  SELECT name, 'email' AS kind
  FROM users
  WHERE email IS NOT NULL;

-- migrate:down
DROP VIEW mails;
DROP TABLE users;
