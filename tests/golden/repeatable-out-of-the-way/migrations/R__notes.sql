DROP VIEW IF EXISTS notes;
CREATE VIEW notes AS SELECT id, note FROM orders;
