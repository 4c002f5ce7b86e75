CREATE TABLE users (
	id bigint,
	name text, -- the last one
);
