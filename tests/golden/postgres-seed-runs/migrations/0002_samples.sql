-- migrate:up only:"development test"
INSERT INTO orders (total) VALUES (1);
-- migrate:down
DELETE FROM orders WHERE total = 1;
