-- migrate:up
CREATE TABLE users (id INTEGER PRIMARY KEY);
-- fix:execute
SELECT 1;
