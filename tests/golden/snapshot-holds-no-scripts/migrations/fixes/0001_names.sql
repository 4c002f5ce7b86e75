-- fix:should-run requires:0001
SELECT EXISTS (SELECT 1 FROM users WHERE name = '');
-- fix:execute
UPDATE users SET name = 'nobody' WHERE name = '';
-- fix:given
INSERT INTO users VALUES (1, '');
