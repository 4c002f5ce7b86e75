-- migrate:up
CREATE TABLE warehouses (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
);

INSERT INTO warehouses (code, name) VALUES
  ('MAIN', 'Main store'),
  ('SHOP', 'Shop floor; counter and shelves');

-- migrate:down
DROP TABLE warehouses;
