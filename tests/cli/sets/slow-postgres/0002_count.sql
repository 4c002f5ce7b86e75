-- As slow as a test makes it.
-- migrate:up
INSERT INTO done (n) VALUES (2);
SELECT pg_sleep(seconds) FROM pace;
INSERT INTO done (n) VALUES (3);
-- migrate:down
DELETE FROM done WHERE n IN (2, 3);
