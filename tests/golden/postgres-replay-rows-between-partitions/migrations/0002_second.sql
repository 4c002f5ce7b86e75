-- migrate:up irreversible:"a test"
UPDATE tickets SET state = 'open' WHERE state <> '';
