-- fix:should-run
SELECT 1;
