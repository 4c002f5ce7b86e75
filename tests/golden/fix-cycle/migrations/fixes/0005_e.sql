-- fix:should-run
SELECT 1 = 0;
-- fix:execute when:after after:4
UPDATE users SET name = 1 WHERE id = 1;
