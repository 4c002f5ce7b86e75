-- fix:should-run
SELECT 1 = 0;
-- fix:execute when:after
UPDATE users SET name = 1 WHERE id = 1;
