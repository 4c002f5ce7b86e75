-- migrate:up only:"test development" shadow:off reason:"slow"
INSERT INTO orders (total) VALUES (slow());
-- migrate:down
DELETE FROM orders WHERE total = 1;
