-- fix:should-run
SELCT 1 = 0;
-- fix:execute
SELECT 1;
