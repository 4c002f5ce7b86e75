-- migrate:up after:a
CREATE OR REPLACE VIEW paid_count AS SELECT count(*) FROM paid;
