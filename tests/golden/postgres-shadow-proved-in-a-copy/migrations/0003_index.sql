-- migrate:up
CREATE INDEX CONCURRENTLY users_id_name ON users (id, name);
-- migrate:down
DROP INDEX CONCURRENTLY users_id_name;
