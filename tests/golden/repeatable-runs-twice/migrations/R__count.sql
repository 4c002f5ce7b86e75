-- migrate:up after:paid
DROP VIEW IF EXISTS paid_count;
CREATE VIEW paid_count AS SELECT count(*) AS n FROM paid;
