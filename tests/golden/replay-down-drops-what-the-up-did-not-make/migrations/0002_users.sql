-- migrate:up
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE users;
CREATE TABLE users (id INTEGER PRIMARY KEY);
