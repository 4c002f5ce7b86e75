-- migrate:up transaction:on
DROP INDEX CONCURRENTLY users_by_name;
