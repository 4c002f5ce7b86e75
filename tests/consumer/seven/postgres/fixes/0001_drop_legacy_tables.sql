-- Two tables of the program before this one, which stayed in the databases that it was used with.
-- 2026-11-02, for 2.0

-- fix:should-run
SELECT to_regclass('legacy_orders') IS NOT NULL OR to_regclass('legacy_customers') IS NOT NULL;

-- fix:execute allow:data-loss
DROP TABLE IF EXISTS legacy_orders;
DROP TABLE IF EXISTS legacy_customers;
SELECT 'legacy tables dropped';

-- fix:given
CREATE TABLE legacy_orders (nr TEXT);
