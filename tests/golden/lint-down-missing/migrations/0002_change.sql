CREATE TABLE items (code TEXT);
