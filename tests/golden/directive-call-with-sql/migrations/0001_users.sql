-- migrate:up call:fill_prices
ALTER TABLE a ADD COLUMN price;
