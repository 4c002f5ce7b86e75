-- migrate:up irreversible:"prices before the change are not kept"
ALTER TABLE products ADD COLUMN price INTEGER NOT NULL DEFAULT 0;
