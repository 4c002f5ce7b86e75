-- migrate:up irreversible:"a test"
UPDATE orders SET user_id = (SELECT max(id) FROM users) WHERE id > 0;
ALTER TABLE orders ADD COLUMN note text;
