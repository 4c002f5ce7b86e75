-- migrate:up irreversible:"a test"
-- Two rows in each: a copy of a count into a column that takes 2, and 0 where there is nothing.
CREATE TABLE counts (n INTEGER NOT NULL CHECK (n IN (0, 2)));
INSERT INTO counts SELECT count(*) FROM parents;
INSERT INTO counts SELECT count(*) FROM children;
INSERT INTO counts SELECT count(DISTINCT code) FROM children;
INSERT INTO counts SELECT count(*) FROM children WHERE (a, b) IN (SELECT a, b FROM parents) AND size > 39;
INSERT INTO counts SELECT count(*) FROM eggs;
INSERT INTO counts SELECT count(*) FROM hens WHERE egg_id IN (SELECT id FROM eggs);
INSERT INTO counts SELECT count(*) FROM trees;
INSERT INTO counts SELECT count(*) FROM strict_ones;
