-- migrate:up
INSERT INTO users VALUES (1, 'root', NULL);
-- migrate:down
UPDATE users SET name = 'x' WHERE id = 1;
