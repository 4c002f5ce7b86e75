-- migrate:up
CREATE TABLE c (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE c;
