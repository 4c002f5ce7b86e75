-- fix:should-run
SELECT false;
WITH gone AS (DELETE FROM users RETURNING id) SELECT count(*) > 0 FROM gone;
SELECT id > 0 INTO copy FROM users;
SELECT id > 0 FROM users FOR UPDATE;
TABLE flags;
SELECT substring('false' FOR 1) = 't';
-- fix:execute
UPDATE users SET name = '' WHERE name IS NULL;
