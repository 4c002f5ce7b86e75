PRAGMA foreign_keys = ON;
CREATE TABLE a (b);
