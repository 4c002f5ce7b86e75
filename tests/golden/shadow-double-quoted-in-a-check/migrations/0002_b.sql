-- migrate:up
CREATE TABLE tags (
	id INTEGER PRIMARY KEY,
	kind TEXT CHECK (kind IN ("plain", 'bold'))
);
-- migrate:down
DROP TABLE tags;
