-- migrate:up
CREATE INDEX products_by_price ON products (price);
-- migrate:down
DROP INDEX products_by_price;
