-- fix:should-run
SELECT 1 = 0;
-- fix:execute after:4 not-before:2026-12-01T00:00Z
UPDATE users SET name = 1 WHERE id = 1;
