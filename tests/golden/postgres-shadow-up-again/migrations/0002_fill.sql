-- migrate:up
INSERT INTO users VALUES (1, 'ada');
-- migrate:down
UPDATE users SET name = 'bob' WHERE id = 1;
