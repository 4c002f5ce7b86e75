-- migrate:up
CREATE TABLE tags (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL DEFAULT "plain"
);
-- migrate:down
DROP TABLE tags;
