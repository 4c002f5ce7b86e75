-- fix:execute
SELECT 1;
