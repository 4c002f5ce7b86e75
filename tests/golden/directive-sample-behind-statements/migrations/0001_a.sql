SELECT 1;
-- migrate:sample
SELECT 2;
