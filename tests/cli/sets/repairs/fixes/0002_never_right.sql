-- Stock without a shelf; there are no shelves yet.

-- fix:should-run requires:1
SELECT EXISTS (SELECT 1 FROM stock);

-- fix:execute
UPDATE shelves SET stock = 0 WHERE stock < 0;
