CREATE VIEW kinds AS SELECT id, "unknown" AS kind FROM users;
