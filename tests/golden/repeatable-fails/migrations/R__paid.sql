DROP VIEW IF EXISTS paid;
CREATE INDEX paid ON order_lines (id);
