-- migrate:up allow:data-loss
ALTER TABLE users DROP COLUMN name;
-- migrate:down
ALTER TABLE users ADD COLUMN name text;
ALTER TABLE users ALTER COLUMN name SET NOT NULL;
