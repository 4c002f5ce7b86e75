-- migrate:up irreversible:"test data"
UPDATE users SET email = (SELECT name FROM users AS a, users AS b);
