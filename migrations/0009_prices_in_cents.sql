-- Money is counted in whole cents. SQLite cannot change a column, so the table is rebuilt; the rows
-- of product_suppliers, which refer to it with ON DELETE CASCADE, must survive that.

-- migrate:up allow:data-loss
PRAGMA foreign_keys = OFF;
BEGIN;

DROP VIEW stock;

CREATE TABLE products_new (
  id INTEGER PRIMARY KEY,
  sku TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  unit TEXT NOT NULL DEFAULT 'piece',
  price_cents INTEGER NOT NULL DEFAULT 0 CHECK (price_cents >= 0),
  reorder_level INTEGER NOT NULL DEFAULT 0 CHECK (reorder_level >= 0)
);
INSERT INTO products_new (id, sku, name, unit, price_cents, reorder_level)
SELECT id, sku, name, unit, CAST(round(price * 100) AS INTEGER), reorder_level FROM products;
DROP TABLE products;
ALTER TABLE products_new RENAME TO products;

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

COMMIT;
PRAGMA foreign_keys = ON;

-- migrate:down allow:data-loss
PRAGMA foreign_keys = OFF;
BEGIN;

DROP VIEW stock;

CREATE TABLE products_old (
  id INTEGER PRIMARY KEY,
  sku TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  unit TEXT NOT NULL DEFAULT 'piece',
  price REAL NOT NULL DEFAULT 0,
  reorder_level INTEGER NOT NULL DEFAULT 0 CHECK (reorder_level >= 0)
);
INSERT INTO products_old (id, sku, name, unit, price, reorder_level)
SELECT id, sku, name, unit, price_cents / 100.0, reorder_level FROM products;
DROP TABLE products;
ALTER TABLE products_old RENAME TO products;

CREATE VIEW stock AS
SELECT p.id AS product_id,
       p.sku,
       p.name,
       w.code AS warehouse,
       sum(m.quantity) AS quantity
FROM movements AS m
JOIN products AS p ON p.id = m.product_id
JOIN warehouses AS w ON w.id = m.warehouse_id
GROUP BY p.id, w.id;

COMMIT;
PRAGMA foreign_keys = ON;
