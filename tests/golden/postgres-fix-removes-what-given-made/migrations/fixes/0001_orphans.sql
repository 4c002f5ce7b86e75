-- fix:should-run
SELECT to_regclass('legacy') IS NOT NULL;
-- fix:execute allow:data-loss
DROP TABLE legacy;
-- fix:undo
CREATE TABLE legacy (x integer);
-- fix:given
CREATE TABLE legacy (x integer);
