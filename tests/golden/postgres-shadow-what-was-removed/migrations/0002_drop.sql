-- migrate:up
DROP TABLE users;
-- migrate:down
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
