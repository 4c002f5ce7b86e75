-- fix:should-run requires:0001
SELECT count(*) > 0 FROM orders WHERE user_id IS NULL;
-- fix:execute call:fill
-- fix:undo call:empty
-- fix:given
INSERT INTO orders (user_id, total) VALUES (NULL, 7);
