-- 1.4 deleted the rate of the tax together with its screen.

-- fix:should-run requires:0004
SELECT NOT EXISTS (SELECT 1 FROM settings WHERE name = 'vat_percent');

-- fix:execute
INSERT INTO settings (name, value) VALUES ('vat_percent', '19');
SELECT 'vat_percent is ' || value FROM settings WHERE name = 'vat_percent';

-- fix:undo
DELETE FROM settings WHERE name = 'vat_percent';

-- fix:given
DELETE FROM settings WHERE name = 'vat_percent';
