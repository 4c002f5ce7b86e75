-- migrate:up transaction:false
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE a (b);
PRAGMA foreign_key_check;
COMMIT;
PRAGMA foreign_keys = ON;
-- migrate:down
begin immediate;
DROP TABLE a;
end transaction;
