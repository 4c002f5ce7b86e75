-- migrate:up irreversible:"rows are gone"
DELETE FROM a;
-- migrate:down
SELECT 1;
