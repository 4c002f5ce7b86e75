-- fix:should-run not-before:2026-12-02T00:00Z
SELECT 1 = 0;
-- fix:execute not-after:2026-12-01T23:59:59Z
UPDATE users SET name = 1 WHERE id = 1;
