-- migrate:up
CREATE TABLE IF NOT EXISTS tags (id INTEGER PRIMARY KEY);
CREATE INDEX tags_id ON tags (id);
-- migrate:down
DROP INDEX tags_id;
