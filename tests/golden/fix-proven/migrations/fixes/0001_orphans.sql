-- Orders without a user belong to the first one.
-- fix:should-run requires:0001
SELECT count(*) > 0 FROM orders WHERE user_id IS NULL;
-- fix:execute
UPDATE orders SET user_id = 1 WHERE user_id IS NULL;
SELECT 'mended';
-- fix:undo
UPDATE orders SET user_id = NULL WHERE user_id = 1;
-- fix:given
INSERT INTO orders (user_id, total) VALUES (NULL, 7);
