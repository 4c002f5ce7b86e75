-- fix:should-run
SELECT 1 = 0;
-- fix:execute not-before:2026-02-30T00:00:00Z window:2-4 attempts:0 when:later repeat:once requires:x after:orders call:return
