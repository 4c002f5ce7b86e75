-- migrate:up transaction:off call:x
DROP VIEW IF EXISTS b;
CREATE VIEW b AS SELECT id FROM users;
-- migrate:down
DROP VIEW b;
