-- migrate:up
CREATE VIEW names AS SELECT id, email FROM users;
-- migrate:down
DROP VIEW names;
