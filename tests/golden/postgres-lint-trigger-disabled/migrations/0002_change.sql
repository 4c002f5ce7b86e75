-- migrate:up irreversible:"test"
ALTER TABLE orders DISABLE TRIGGER ALL;
UPDATE orders SET total = 0 WHERE total IS NULL;
