-- migrate:sample
SELECT 1;
