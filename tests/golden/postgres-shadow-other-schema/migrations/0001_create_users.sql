-- migrate:up
CREATE SCHEMA app;
CREATE TABLE app.users (id bigint PRIMARY KEY);
-- migrate:down
DROP TABLE app.users;
DROP SCHEMA app;
