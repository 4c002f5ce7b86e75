-- migrate:up irreversible:"a test"
UPDATE users SET name = trim(name) WHERE id > 0;
