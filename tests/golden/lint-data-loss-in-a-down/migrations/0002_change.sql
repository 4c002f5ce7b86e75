-- migrate:up
ALTER TABLE users ADD COLUMN age INTEGER;
-- migrate:down
ALTER TABLE users DROP COLUMN age;
DELETE FROM users;
