-- migrate:up
CREATE TABLE orders (id INTEGER PRIMARY KEY, paid INTEGER);

-- migrate:down
DROP TABLE orders;
