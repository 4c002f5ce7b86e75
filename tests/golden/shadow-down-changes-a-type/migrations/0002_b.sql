-- migrate:up allow:data-loss
ALTER TABLE users DROP COLUMN email;
-- migrate:down
ALTER TABLE users ADD COLUMN email VARCHAR(80);
