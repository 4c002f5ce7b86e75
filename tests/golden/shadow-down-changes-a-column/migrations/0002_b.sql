-- migrate:up
ALTER TABLE users RENAME COLUMN name TO title;
-- migrate:down
ALTER TABLE users RENAME COLUMN title TO nom;
