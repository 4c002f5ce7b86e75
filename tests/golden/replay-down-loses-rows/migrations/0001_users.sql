-- migrate:up irreversible:"a test"
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_name TEXT);
CREATE TRIGGER users_name AFTER UPDATE OF name ON users BEGIN DELETE FROM orders; END;
