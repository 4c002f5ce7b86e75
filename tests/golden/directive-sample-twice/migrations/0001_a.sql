-- migrate:up
SELECT 1;
-- migrate:sample
-- migrate:sample
