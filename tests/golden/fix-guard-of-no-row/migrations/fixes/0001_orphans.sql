-- fix:should-run requires:0001
SELECT 1 FROM orders;
-- fix:execute
UPDATE orders SET user_id = 1 WHERE user_id IS NULL;
-- fix:given
INSERT INTO orders (user_id, total) VALUES (NULL, 7);
