-- migrate:up
ALTER TABLE users ADD COLUMN mail text;
ALTER TABLE users ALTER COLUMN name DROP NOT NULL;

-- migrate:down
ALTER TABLE users DROP COLUMN mail;
ALTER TABLE users ALTER COLUMN name SET NOT NULL;
