-- migrate:up
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
INSERT INTO users VALUES (1, 'ada'), (2, 'ada');
-- migrate:down
DROP TABLE users;
