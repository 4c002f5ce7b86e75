-- Every database has these roles.

-- fix:should-run requires:0005
SELECT NOT EXISTS (SELECT 1 FROM roles WHERE name = 'admin');

-- fix:execute
INSERT INTO roles (name, may) VALUES ('admin', 'everything'), ('clerk', 'sell');
SELECT 'roles made';

-- fix:undo allow:data-loss
DELETE FROM roles WHERE name IN ('admin', 'clerk');

-- fix:given
DELETE FROM roles WHERE name = 'admin';
