-- migrate:up transaction:off
INSERT INTO products (sku) VALUES ('TEA-01');
VACUUM products;
-- migrate:down
DELETE FROM products WHERE sku = 'TEA-01';
