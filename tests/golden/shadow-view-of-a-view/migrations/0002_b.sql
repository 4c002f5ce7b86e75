-- migrate:up
CREATE VIEW a AS SELECT id FROM users;
CREATE VIEW b AS SELECT id, name FROM a;
-- migrate:down
DROP VIEW b;
DROP VIEW a;
