CREATE TABLE users (
	id bigint,
	name varchar(10
);
CREATE TABLE orders (id bigint));
