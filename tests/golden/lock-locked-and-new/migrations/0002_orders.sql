-- migrate:up
CREATE TABLE orders (id INTEGER PRIMARY KEY);

-- migrate:down
DROP TABLE orders;
