-- migrate:up irreversible:"test"
UPDATE users SET name = trim(name), email = NULL;
UPDATE users SET email = NULL WHERE id = 7;
ALTER TABLE users ADD COLUMN nick TEXT;
UPDATE users SET nick = name;
UPDATE users SET name = NULL;
