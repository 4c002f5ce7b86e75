-- migrate:up irreversible:"a test"
-- bobolink:allow loses-rows orders are made again each night
UPDATE users SET name = trim(name) WHERE id > 0;
