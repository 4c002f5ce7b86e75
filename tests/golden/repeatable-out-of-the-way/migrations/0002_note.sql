-- migrate:up
ALTER TABLE orders ADD COLUMN note TEXT;

-- migrate:down allow:data-loss
DROP VIEW IF EXISTS notes;
ALTER TABLE orders DROP COLUMN note;
