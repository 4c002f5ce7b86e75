-- migrate:up only:development
INSERT INTO orders (id, total) VALUES (1, 1);
-- migrate:down
DELETE FROM orders WHERE total = 1;
