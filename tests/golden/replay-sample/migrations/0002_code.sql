-- migrate:up irreversible:"a test"
INSERT INTO users SELECT id + 10, substr(code, 2) FROM users;
