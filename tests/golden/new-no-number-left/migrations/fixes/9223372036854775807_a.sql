-- fix:should-run
SELECT 1 = 0;
