-- migrate:up after:total
SELECT 1;
