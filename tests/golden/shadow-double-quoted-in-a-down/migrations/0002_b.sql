-- migrate:up
ALTER TABLE users ADD COLUMN age INTEGER;
-- migrate:down
UPDATE users SET email = "none";
ALTER TABLE users DROP COLUMN age;
