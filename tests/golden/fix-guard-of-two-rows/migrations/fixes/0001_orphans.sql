-- fix:should-run requires:0001
VALUES (1), (0);
-- fix:execute
UPDATE orders SET user_id = 1 WHERE user_id IS NULL;
-- fix:given
INSERT INTO orders (user_id, total) VALUES (NULL, 7);
