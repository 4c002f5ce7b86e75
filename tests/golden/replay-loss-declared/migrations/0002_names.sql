-- migrate:up allow:data-loss irreversible:"a test"
UPDATE users SET name = trim(name) WHERE id > 0;
