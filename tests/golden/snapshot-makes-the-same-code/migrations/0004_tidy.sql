-- migrate:up
CREATE VIEW tidy_names AS SELECT tidy(name) AS name FROM users;

-- migrate:down
DROP VIEW tidy_names;
