DROP VIEW IF EXISTS names;
CREATE VIEW names AS SELECT name, mail FROM users;
