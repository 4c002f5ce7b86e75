CREATE TABLE users (id bigint)
CREATE TABLE orders (id bigint);
