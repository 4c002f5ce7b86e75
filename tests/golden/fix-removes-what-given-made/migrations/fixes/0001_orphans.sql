-- fix:should-run
SELECT count(*) > 0 FROM sqlite_master WHERE name = 'legacy';
-- fix:execute allow:data-loss
DROP TABLE legacy;
-- fix:given
CREATE TABLE legacy (x);
