-- migrate:up lock-timeout:5
SELECT 1;
