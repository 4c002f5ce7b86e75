-- migrate:up
CREATE TABLE "all users" (id INTEGER PRIMARY KEY, "first name" TEXT);
CREATE TABLE "all" (id INTEGER PRIMARY KEY);

-- migrate:down
DROP TABLE "all";
DROP TABLE "all users";
