-- fix:should-run requires:0001
SELECT count(*) > 0 FROM orders WHERE user_id IS NULL;
-- fix:execute
UPDATE orders SET total = 0;
INSERT INTO orders (id) SELECT id FROM orders;
-- fix:given
INSERT INTO orders (user_id, total) VALUES (NULL, 7);
