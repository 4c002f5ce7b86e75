-- migrate:up shadow:off
SELECT 1;
