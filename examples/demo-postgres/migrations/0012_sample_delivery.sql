-- Developers find something on the shelves.

-- migrate:up only:development
INSERT INTO movements (product_id, warehouse_id, quantity, note)
SELECT p.id, w.id, 12, 'sample delivery'
FROM products AS p, warehouses AS w
WHERE p.sku = 'POT-03' AND w.code = 'MAIN';

-- migrate:down
DELETE FROM movements WHERE note = 'sample delivery';
