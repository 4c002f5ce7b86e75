-- One statement, as slow as a test makes it.
-- migrate:up
INSERT INTO done (n) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < (SELECT loops FROM pace)) SELECT max(i) FROM n;
-- migrate:down
DELETE FROM done WHERE n > 0;
