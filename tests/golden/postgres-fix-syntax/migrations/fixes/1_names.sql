-- fix:should-run
SELECT flase FRM x;
-- fix:execute
UPDAT users SET name = '';
-- fix:undo
INSRT INTO users VALUES (1);
-- fix:given
DELET FROM users;
