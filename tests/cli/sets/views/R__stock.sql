DROP VIEW IF EXISTS stock;
CREATE VIEW stock AS SELECT id, sku FROM products;
