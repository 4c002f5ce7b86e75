-- migrate:up irreversible:"a test"
CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE TABLE orders (id bigint PRIMARY KEY, user_name text);
CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM orders; RETURN NEW; END';
CREATE TRIGGER users_name AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION forget();
