DROP VIEW IF EXISTS in_stock;
CREATE VIEW in_stock AS SELECT id FROM stock WHERE pieces > 0;
