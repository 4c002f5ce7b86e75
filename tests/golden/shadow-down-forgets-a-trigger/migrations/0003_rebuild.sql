-- migrate:up
DROP TRIGGER users_added;
ALTER TABLE users ADD COLUMN age INTEGER;
-- migrate:down
ALTER TABLE users DROP COLUMN age;
