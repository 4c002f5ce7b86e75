-- migrate:up
CREATE TABLE users (id bigint, name text);
CREATE INDEX users_name ON users (name);
-- migrate:down
DROP TABLE users;
