-- fix:should-run attempts:3 lock-timeout:1s
SELECT 1 = 0;
-- fix:execute attempts:3 transaction:off only:test irreversible:no
UPDATE users SET name = 1 WHERE id = 1;
-- fix:undo window:02:00-04:00
UPDATE users SET name = 2 WHERE id = 1;
-- fix:given allow:data-loss
