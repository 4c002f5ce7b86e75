-- fix:should-run requires:0001
SELECT count(*) > 0 FROM orders WHERE user_id IS NULL;
-- fix:execute
SELECT load_extension('mend.so');
UPDATE orders SET user_id = 1 WHERE user_id IS NULL;
-- fix:given
INSERT INTO orders (user_id, total) VALUES (NULL, 7);
