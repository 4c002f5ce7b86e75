-- migrate:up
CREATE TABLE users (id bigint PRIMARY KEY, name text);
INSERT INTO users VALUES (1, Shout('ada', '2'));
-- migrate:down
DROP TABLE users;
