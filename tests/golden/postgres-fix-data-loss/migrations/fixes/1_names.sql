-- fix:should-run
SELECT false;
-- fix:execute
SET statement_timeout = 0;
TRUNCATE users, audit;
ALTER TABLE users DROP COLUMN name;
DROP TABLE old.users, old.audit CASCADE;
-- bobolink:allow data-loos a slip
SELECT 1;
