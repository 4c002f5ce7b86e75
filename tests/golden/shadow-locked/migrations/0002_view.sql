-- migrate:up
CREATE VIEW names AS SELECT "nmae" FROM users;
-- migrate:down
DROP VIEW name;
