CREATE INDEX users_name ON users (name);
DROP INDEX user_name;
