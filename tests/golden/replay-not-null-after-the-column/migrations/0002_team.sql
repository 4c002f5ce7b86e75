-- migrate:up irreversible:"a test"
-- A rebuild whose copy fills the new column from nothing.
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team TEXT NOT NULL);
INSERT INTO new_users SELECT id, name, NULL FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
