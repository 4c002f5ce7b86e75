-- migrate:up
CREATE VIEW stock AS
SELECT p.id AS product_id,
       p.sku,
       p.name,
       w.code AS warehouse,
       sum(m.quantity) AS quantity,
       sum(m.quantity) * p.price_cents AS value_cents
FROM movements AS m
JOIN products AS p ON p.id = m.product_id
JOIN warehouses AS w ON w.id = m.warehouse_id
GROUP BY p.id, w.id;

-- migrate:down
DROP VIEW stock;
