-- Where goods can lie: whoever opens another store adds a line.

INSERT INTO warehouses (code, name) VALUES
  ('MAIN', 'Main store'),
  ('SHOP', 'Shop floor; counter and shelves'),
  ('BACK', 'What customers brought back')
ON CONFLICT (code) DO UPDATE SET name = excluded.name;
