-- migrate:up irreversible:"a value stays"
ALTER TYPE mood ADD VALUE 'wild';
INSERT INTO days VALUES ('wild');
