-- fix:should-run
SELECT to_regclass('legacy') IS NOT NULL;
-- fix:execute allow:data-loss
DELETE FROM legacy;
UPDATE orders SET user_ = 1 WHERE id < 0;
