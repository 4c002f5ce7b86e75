-- migrate:up
CREATE TABLE users (
	id INTEGER PRIMARY KEY,
	email TEXT,
	name TEXT
);
-- migrate:down
DROP TABLE users;
