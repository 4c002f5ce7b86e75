-- migrate:up
ALTER TABLE orders ADD COLUMN note TEXT;

-- migrate:down allow:data-loss
ALTER TABLE orders DROP COLUMN note;
