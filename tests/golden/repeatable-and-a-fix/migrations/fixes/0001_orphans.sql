-- fix:should-run when:after
SELECT count(*) > 0 FROM paid;
-- fix:execute
UPDATE orders SET total = 0 WHERE total > 0;
-- fix:given
INSERT INTO orders (user_id, total) VALUES (NULL, 7);
