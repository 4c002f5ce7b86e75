-- fix:should-run requires:1 not-after:2001-01-01T00:00:00Z
SELECT EXISTS (SELECT 1 FROM stock WHERE id = 4);

-- fix:execute
DELETE FROM stock WHERE id = 4;

-- fix:given
INSERT INTO stock VALUES (4, 0);
