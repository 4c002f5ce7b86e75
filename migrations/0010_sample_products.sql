-- Something to begin with; a shop that already has products keeps its own.

-- migrate:up
INSERT INTO products (sku, name, unit, price_cents, reorder_level)
SELECT column1, column2, column3, column4, column5
FROM (VALUES
  ('TEA-01', 'Earl Grey, loose', 'tin', 1250, 10),
  ('CUP-02', 'Cup "Bobolink"', 'piece', 890, 24),
  ('POT-03', 'Teapot 1 l', 'piece', 3400, 4))
WHERE NOT EXISTS (SELECT 1 FROM products);

-- migrate:down
DELETE FROM products
WHERE sku IN ('TEA-01', 'CUP-02', 'POT-03')
  AND id NOT IN (SELECT product_id FROM movements)
  AND id NOT IN (SELECT product_id FROM order_lines);
