-- migrate:up irreversible:"a test"
ALTER TABLE orders ADD COLUMN user_id bigint NOT NULL DEFAULT 1;
ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id);
