-- fix:should-run
-- fix:execute
SELECT 1;
