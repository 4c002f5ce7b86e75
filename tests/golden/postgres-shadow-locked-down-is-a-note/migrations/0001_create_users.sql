-- migrate:up
CREATE TYPE mood AS ENUM ('calm', 'wild');
CREATE TABLE users (id bigint PRIMARY KEY, mood mood);
-- migrate:down
DROP TABLE users;
