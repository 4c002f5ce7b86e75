-- migrate:up after:b
CREATE OR REPLACE VIEW paid_twice AS SELECT 2 * count AS twice FROM paid_count;
