-- migrate:up irreversible:"a test"
UPDATE products SET price = price * 100 WHERE id > 0;
