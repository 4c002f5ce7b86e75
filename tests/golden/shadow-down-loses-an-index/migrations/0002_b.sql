-- migrate:up
ALTER TABLE users ADD COLUMN age INTEGER;
-- migrate:down
ALTER TABLE users DROP COLUMN age;
DROP TABLE users;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT );
