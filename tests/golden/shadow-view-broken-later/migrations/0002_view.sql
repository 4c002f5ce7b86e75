-- migrate:up
CREATE VIEW names AS SELECT name FROM users;
-- migrate:down
DROP VIEW names;
