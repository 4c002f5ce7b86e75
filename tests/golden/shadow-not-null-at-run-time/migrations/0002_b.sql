-- migrate:up irreversible:"test data"
INSERT INTO users (name)
SELECT email FROM (SELECT NULL AS email);
