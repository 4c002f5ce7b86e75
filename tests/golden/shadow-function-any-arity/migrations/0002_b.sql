-- migrate:up irreversible:"test data"
UPDATE users SET name = shop_title(name, 1, 2);
-- x
