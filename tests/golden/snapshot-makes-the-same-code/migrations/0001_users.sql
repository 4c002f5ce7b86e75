-- migrate:up
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, mood mood DEFAULT 'happy');
CREATE VIEW names AS SELECT name FROM users;
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS $$
	SELECT n * 2;
$$;

-- migrate:down
DROP FUNCTION twice(integer);
DROP VIEW names;
DROP TABLE users;
DROP TYPE mood;
