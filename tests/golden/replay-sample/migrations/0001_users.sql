-- migrate:up irreversible:"a test"
CREATE TABLE users (id INTEGER PRIMARY KEY, code TEXT NOT NULL CHECK (code GLOB 'X[0-9][0-9]-*'));
-- migrate:sample
INSERT INTO users VALUES (1, 'X01-a'), (2, 'X01-a');
