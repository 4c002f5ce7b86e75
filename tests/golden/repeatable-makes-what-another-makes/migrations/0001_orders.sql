-- migrate:up
CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER NOT NULL);
-- migrate:down
DROP TABLE orders;
