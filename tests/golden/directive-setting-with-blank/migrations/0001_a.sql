-- migrate:up transaction: off
SELECT 1;
