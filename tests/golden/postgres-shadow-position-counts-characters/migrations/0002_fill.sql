-- migrate:up
/* ščřž */ INSERT INTO users VALUES (1, '日本語'), (2, nam);
-- migrate:down
DELETE FROM users;
