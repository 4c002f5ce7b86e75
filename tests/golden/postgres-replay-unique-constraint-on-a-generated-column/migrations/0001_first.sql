-- migrate:up irreversible:"a test"
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL);
