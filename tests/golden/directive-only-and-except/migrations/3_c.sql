-- migrate:up
SELECT 1;
-- migrate:down only:test
SELECT 1;
