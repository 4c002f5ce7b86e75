-- migrate:up
ALTER TABLE users ADD COLUMN age INTEGER;
CREATE INDEX users_age ON users (age);
-- migrate:down
ALTER TABLE users DROP COLUMN age;
