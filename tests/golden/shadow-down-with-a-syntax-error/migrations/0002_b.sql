-- migrate:up
CREATE TABLE tags (id INTEGER PRIMARY KEY);
-- migrate:down
DROP
	TABEL tags;
