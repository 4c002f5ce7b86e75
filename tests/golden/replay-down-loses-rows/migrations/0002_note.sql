-- migrate:up
ALTER TABLE users ADD COLUMN note TEXT;
-- migrate:down
UPDATE users SET name = name || coalesce(note, '') WHERE id > 0;
ALTER TABLE users DROP COLUMN note;
