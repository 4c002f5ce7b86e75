CREATE VIEW paid AS SELECT id FROM orders WHERE total > 0;
