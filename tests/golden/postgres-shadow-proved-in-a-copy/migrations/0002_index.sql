-- migrate:up
CREATE INDEX CONCURRENTLY users_name ON users (name);
-- migrate:down
-- nothing is dropped
SELECT 1;
