-- migrate:up irreversible:"test"
DELETE FROM users WHERE 1 = 1;
DELETE FROM users WHERE (id > 3 OR true) AND 'a' = 'a' RETURNING id;
DELETE FROM users WHERE 1 = 0;
DELETE FROM users WHERE id > 3 OR name = 'x';
