-- migrate:up after:a
DROP VIEW IF EXISTS b;
CREATE VIEW b AS SELECT id FROM users;
