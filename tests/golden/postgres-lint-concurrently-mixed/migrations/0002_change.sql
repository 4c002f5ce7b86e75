-- migrate:up irreversible:"test"
ALTER TABLE orders ADD COLUMN note text;
CREATE INDEX CONCURRENTLY orders_by_note ON orders (note);
