-- migrate:up
CREATE TABLE warehouses (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
);

INSERT INTO warehouses (code, name) VALUES
  ('MAIN', 'Main store'),
  ('SHOP', 'Shop floor; counter and shelves');

-- migrate:down
DROP TABLE warehouses;
