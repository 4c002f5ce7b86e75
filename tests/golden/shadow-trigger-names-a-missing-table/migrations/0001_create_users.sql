-- migrate:up
CREATE TABLE users (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	email TEXT
);
CREATE TABLE audit (who INTEGER);
-- migrate:down
DROP TABLE audit;
DROP TABLE users;
