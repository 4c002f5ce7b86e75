-- migrate:up irreversible:"test"
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_by_user ON orders (user_id);
