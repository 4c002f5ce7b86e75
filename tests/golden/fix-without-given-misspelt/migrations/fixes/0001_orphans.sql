-- fix:should-run requires:0001
SELECT count(*) > 0 FROM orders WHERE user_id IS NULL;
-- fix:execute
UPDATE orders SET user = 1 WHERE user_id IS NULL;
