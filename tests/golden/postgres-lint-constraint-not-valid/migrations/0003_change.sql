-- migrate:up irreversible:"test"
ALTER TABLE orders VALIDATE CONSTRAINT orders_total;
