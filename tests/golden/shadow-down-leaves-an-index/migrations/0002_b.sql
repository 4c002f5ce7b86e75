-- migrate:up
ALTER TABLE users ADD COLUMN age INTEGER;
CREATE INDEX users_name ON users (name);
-- migrate:down
ALTER TABLE users DROP COLUMN age;
