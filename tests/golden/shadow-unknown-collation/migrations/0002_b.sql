CREATE TABLE tags (name TEXT COLLATE german);
