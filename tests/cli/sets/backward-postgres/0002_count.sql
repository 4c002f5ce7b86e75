-- The way back is as slow as a test makes it.
-- migrate:up
INSERT INTO done (n) VALUES (2);
-- migrate:down
DELETE FROM done WHERE n = 2;
SELECT pg_sleep(seconds) FROM pace;
