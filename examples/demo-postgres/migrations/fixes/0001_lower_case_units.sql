-- "Tin" and "tin" are one unit. An import in the first year wrote both.

-- fix:should-run requires:0008
SELECT EXISTS (SELECT 1 FROM products WHERE unit <> lower(unit));

-- fix:execute
UPDATE products SET unit = lower(unit) WHERE unit <> lower(unit);
SELECT 'units in lower case';

-- fix:given
INSERT INTO products (sku, name, unit) VALUES ('TIN-09', 'Tin, empty', 'Tin');
