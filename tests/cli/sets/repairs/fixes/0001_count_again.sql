-- Pieces below zero, from the import of 1.0.

-- fix:should-run requires:1
SELECT EXISTS (SELECT 1 FROM stock WHERE pieces < 0);

-- fix:execute
UPDATE stock SET pieces = 0 WHERE pieces < 0;
SELECT 'counted again';

-- fix:given
INSERT INTO stock VALUES (99, -1);
