-- migrate:up irreversible:"test"
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO new_users (id, name)
SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
