-- migrate:up
ALTER TYPE mood ADD VALUE 'wild';
-- migrate:down
UPDATE users SET mood = 'calm' WHERE mood = 'wild';
