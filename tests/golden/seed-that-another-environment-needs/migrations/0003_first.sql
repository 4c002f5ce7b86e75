-- migrate:up except:development
INSERT INTO orders (id, total) VALUES (1, 3);
-- migrate:down
DELETE FROM orders WHERE total = 3;
