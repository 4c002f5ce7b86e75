-- migrate:up
CREATE TYPE status AS ENUM ('open', 'closed');
CREATE SCHEMA archive;
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail varchar(80), name varchar(40));
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint, state status, total numeric(10, 2));
-- migrate:down
DROP TABLE orders;
DROP TABLE users;
DROP SCHEMA archive;
DROP TYPE status;
