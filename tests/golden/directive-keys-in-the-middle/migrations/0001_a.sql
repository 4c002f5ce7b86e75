DELETE FROM a;
PRAGMA foreign_keys=OFF;
DELETE FROM b;
PRAGMA foreign_keys=ON;
DELETE FROM c;
