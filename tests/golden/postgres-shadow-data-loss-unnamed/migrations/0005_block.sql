-- migrate:up irreversible:"test"
SELECT 1 AS first;
DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'all_days'; END $$;
