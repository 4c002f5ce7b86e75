-- migrate:up
CREATE TABLE tags (id INTEGER PRIMARY KEY);
CREATE TABLE labels (id INTEGER PRIMARY KEY);
CREATE INDEX users_name ON users (name);
-- migrate:down
DROP TABLE tags;
DROP INDEX users_name;
