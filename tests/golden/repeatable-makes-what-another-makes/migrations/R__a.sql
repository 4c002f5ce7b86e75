DROP VIEW IF EXISTS paid;
CREATE VIEW paid AS SELECT id, total FROM orders WHERE total > 0;
