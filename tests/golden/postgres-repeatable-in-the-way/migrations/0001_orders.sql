-- migrate:up
CREATE TABLE orders (id BIGINT PRIMARY KEY, paid BOOLEAN);

-- migrate:down
DROP TABLE orders;
