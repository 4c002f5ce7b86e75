-- migrate:up irreversible:"a test"
-- Not seen as a rebuild: the copy goes another way.
CREATE TABLE kept AS SELECT id, name FROM users;
DELETE FROM users;
INSERT INTO users SELECT id, upper(name) FROM kept;
DROP TABLE kept;
