-- migrate:up irreversible:"a test"
CREATE TABLE names (user_id INTEGER NOT NULL REFERENCES users (id), name TEXT NOT NULL CHECK (name <> 'a'));
CREATE INDEX names_user_id ON names (user_id);
INSERT INTO names SELECT id, name FROM users;
