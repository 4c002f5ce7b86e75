-- migrate:up only:development call:fill
-- migrate:down
DELETE FROM orders WHERE total = 1;
