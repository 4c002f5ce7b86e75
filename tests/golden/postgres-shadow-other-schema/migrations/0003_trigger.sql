-- migrate:up
ALTER TABLE app.users ADD COLUMN "Full ""Name""" text;
-- migrate:down
SELECT 1;
