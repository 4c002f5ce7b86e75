-- migrate:up allow:data-loss
ALTER TABLE users DROP COLUMN name;
-- migrate:down
ALTER TABLE users RENAME TO old_users;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO users SELECT id, NULL FROM old_users;
DROP TABLE old_users;
