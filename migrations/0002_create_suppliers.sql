-- migrate:up
CREATE TABLE suppliers (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  contact TEXT
);

CREATE TABLE product_suppliers (
  product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
  supplier_id INTEGER NOT NULL REFERENCES suppliers (id) ON DELETE CASCADE,
  lead_days INTEGER NOT NULL DEFAULT 7,
  PRIMARY KEY (product_id, supplier_id)
) WITHOUT ROWID;

CREATE INDEX product_suppliers_by_supplier ON product_suppliers (supplier_id);

-- migrate:down
DROP TABLE product_suppliers;
DROP TABLE suppliers;
