-- migrate:up
CREATE INDEX CONCURRENTLY users_by_name ON users (name);
-- migrate:down
DROP INDEX CONCURRENTLY IF EXISTS users_by_name;
