-- fix:should-run
SELECT 1 = 0;
DELETE FROM users RETURNING 1 = 0;
PRAGMA user_version = 2;
WITH old AS (SELECT 1) INSERT INTO users SELECT 1, 'a' FROM old;
VALUES (0);
-- fix:execute
UPDATE users SET name = '' WHERE name IS NULL;
