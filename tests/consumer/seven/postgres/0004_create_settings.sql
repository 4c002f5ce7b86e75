-- migrate:up
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

INSERT INTO settings (name, value) VALUES ('currency', 'EUR'), ('vat_percent', '19');

-- migrate:down
DROP TABLE settings;
