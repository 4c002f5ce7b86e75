-- migrate:up irreversible:"a test"
CREATE TABLE users (id bigint PRIMARY KEY, data text NOT NULL);
-- migrate:sample
INSERT INTO users VALUES (1, '{}'), (2, '{}');
