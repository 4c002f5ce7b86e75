-- migrate:up irreversible:"test data"
CREATE TABLE tags (
	id	INTEGER PRIMARY KEY,
	name	TEXT NOT NULLL
);
