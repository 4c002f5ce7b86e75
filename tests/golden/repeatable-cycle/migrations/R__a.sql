-- migrate:up after:b
DROP VIEW IF EXISTS a;
CREATE VIEW a AS SELECT id FROM b;
