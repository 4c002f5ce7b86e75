-- migrate:up only:development
INSERT INTO orders (totl) VALUES (1);
-- migrate:down
DELETE FROM orders WHERE total = 1;
