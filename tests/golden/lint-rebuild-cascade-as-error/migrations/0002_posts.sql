-- migrate:up
CREATE TABLE posts (
	id INTEGER PRIMARY KEY,
	user_id INTEGER REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX posts_user_id ON posts (user_id);
-- migrate:down
DROP TABLE posts;
