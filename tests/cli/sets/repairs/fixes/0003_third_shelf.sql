-- fix:should-run requires:1
SELECT NOT EXISTS (SELECT 1 FROM stock WHERE id = 3);

-- fix:execute
INSERT INTO stock VALUES (3, 0);

-- fix:undo
DELETE FROM stock WHERE id = 3;

-- fix:given
DELETE FROM stock WHERE id = 3;
