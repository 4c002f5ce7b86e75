-- fix:should-run requires:0001
SELECT count(*) > 0 FROM orders WHERE user_id IS NULL;
-- fix:execute allow:data-loss
DELETE FROM orders WHERE user_id IS NULL;
-- fix:undo
INSERT INTO orders (user_id) VALUES (NULL);
-- fix:given
INSERT INTO orders (user_id, total) VALUES (NULL, 7);
