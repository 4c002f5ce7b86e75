-- Something to begin with; a shop that already has products keeps its own.

-- migrate:up
INSERT INTO products (sku, name, price_cents, reorder_level, details)
SELECT sku, name, price_cents, reorder_level, details::jsonb
FROM (VALUES
  ('TEA-01', 'Earl Grey, loose', 1250, 10, '{"unit": "tin", "origin": ["IN", "LK"]}'),
  ('CUP-02', 'Cup "Bobolink"', 890, 24, '{}'),
  ('POT-03', 'Teapot 1 l', 3400, 4, '{"litres": 1}'))
  AS sample (sku, name, price_cents, reorder_level, details)
WHERE NOT EXISTS (SELECT FROM products);

-- migrate:down
DELETE FROM products
WHERE sku IN ('TEA-01', 'CUP-02', 'POT-03')
  AND id NOT IN (SELECT product_id FROM movements)
  AND id NOT IN (SELECT product_id FROM order_lines);
