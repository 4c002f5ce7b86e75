-- migrate:up irreversible:"test"
ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users;
ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0);
