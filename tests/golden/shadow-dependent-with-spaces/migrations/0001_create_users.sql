-- migrate:up
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
CREATE VIEW "all users" AS SELECT id, email FROM users;

-- migrate:down
DROP VIEW "all users";
DROP TABLE users;
