-- Names that the import left out.

-- fix:should-run requires:0001
SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'users');
SELECT EXISTS (SELECT 1 FROM users WHERE name IS NULL);
-- fix:execute
UPDATE users SET name = '' WHERE name IS NULL;
-- fix:given
INSERT INTO users (id) VALUES (1);
