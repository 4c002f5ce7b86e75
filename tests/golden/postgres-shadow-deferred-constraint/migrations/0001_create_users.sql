-- migrate:up
CREATE TABLE users (id bigint PRIMARY KEY, boss bigint REFERENCES users DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX users_boss ON users (boss);
INSERT INTO users VALUES (1, 2);
-- migrate:down
DROP TABLE users;
