-- fix:should-run
SELECT 1 = 0;
-- fix:execute
DELETE FROM users;
CREATE TABLE rest (id INTEGER);
DELETE FROM rest;
DROP TABLE rest;
DROP TABLE IF EXISTS legacy;
UPDATE users SET name = NULL;
UPDATE users SET name = 'x';
DELETE FROM users WHERE name = 'x';
-- bobolink:allow data-loss nobody reads it
DELETE FROM audit;
-- fix:undo allow:data-loss
DELETE FROM users;
