-- migrate:up
CREATE DOMAIN cents AS BIGINT CHECK (VALUE >= 0);

CREATE TABLE products (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  price_cents cents NOT NULL DEFAULT 0,
  reorder_level INTEGER NOT NULL DEFAULT 0 CHECK (reorder_level >= 0),
  details JSONB NOT NULL DEFAULT '{}'
);

-- migrate:down
DROP TABLE products;
DROP DOMAIN cents;
