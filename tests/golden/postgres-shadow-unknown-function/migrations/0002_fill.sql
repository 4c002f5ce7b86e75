-- migrate:up
INSERT INTO users VALUES (1, shout('ada', 2));
-- migrate:down
DELETE FROM users;
