-- migrate:up irreversible:"test data"
UPDATE users SET email = lower(email)
WHERE emial IS NOT NULL;
