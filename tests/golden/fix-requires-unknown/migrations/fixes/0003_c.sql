-- fix:should-run
SELECT 1 = 0;
-- fix:execute requires:0002
UPDATE users SET name = 1 WHERE id = 1;
