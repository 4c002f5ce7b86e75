-- migrate:up
CREATE TABLE b (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE b;
