CREATE TABLE e (x);
BEGIN;
PRAGMA foreign_keys = OFF;
COMMIT;
