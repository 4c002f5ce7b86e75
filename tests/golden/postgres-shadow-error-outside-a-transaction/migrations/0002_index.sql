-- migrate:up
CREATE UNIQUE INDEX CONCURRENTLY users_name ON users (name);
-- migrate:down
DROP INDEX users_name;
