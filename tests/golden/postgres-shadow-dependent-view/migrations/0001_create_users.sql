-- migrate:up
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
CREATE VIEW names AS SELECT name FROM users;
-- migrate:down
DROP VIEW names;
DROP TABLE users;
