-- migrate:up
SELECT 1;
-- migrate:sample transaction:off
