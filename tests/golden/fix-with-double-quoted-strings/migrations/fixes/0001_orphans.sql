-- fix:should-run requires:0001
SELECT count(*) > 0 FROM orders WHERE user_id = "nobody";
-- fix:execute
UPDATE orders SET user_id = 1 WHERE user_id = "nobdy";
