-- migrate:up
ALTER TABLE products ADD COLUMN barcode TEXT;

-- migrate:down allow:data-loss
ALTER TABLE products DROP COLUMN barcode;
