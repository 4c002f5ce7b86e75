CREATE TABLE user (id bigint);
CREATE TABLE orders (id bigint, "user" bigint, order bigint);
