-- migrate:up the first tables
SELECT 1;
