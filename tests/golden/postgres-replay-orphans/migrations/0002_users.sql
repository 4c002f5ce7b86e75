-- migrate:up irreversible:"a test"
CREATE TABLE users (id bigint PRIMARY KEY);
ALTER TABLE orders ADD COLUMN user_id bigint NOT NULL DEFAULT 1;
ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id);
