-- migrate:up
UPDATE products SET sku = trim(sku);

  -- bobolink:allow unique-on-existing a test wants it to fail
  CREATE UNIQUE INDEX products_by_sku ON products (sku);
-- migrate:down
DROP INDEX products_by_sku;
