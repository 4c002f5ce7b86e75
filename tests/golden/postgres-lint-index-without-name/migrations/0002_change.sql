-- migrate:up irreversible:"test"
CREATE INDEX CONCURRENTLY ON orders (user_id);
