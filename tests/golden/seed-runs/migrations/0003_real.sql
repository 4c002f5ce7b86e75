-- migrate:up except:test
INSERT INTO orders (total) VALUES (2);
-- migrate:down
DELETE FROM orders WHERE total = 2;
