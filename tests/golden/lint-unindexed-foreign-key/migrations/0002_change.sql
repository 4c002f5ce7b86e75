-- migrate:up
CREATE TABLE posts (
	id INTEGER PRIMARY KEY,
	user_id INTEGER REFERENCES users (id)
);
-- migrate:down
DROP TABLE posts;
