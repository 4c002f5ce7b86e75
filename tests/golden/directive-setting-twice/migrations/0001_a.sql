-- migrate:up transaction:on transaction:off
SELECT 1;
