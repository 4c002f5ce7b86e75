CREATE TABLE "a	b" (c);
SELECT 'unfinished;
