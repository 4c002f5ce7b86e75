-- migrate:up irreversible:"a test"
ALTER TABLE users ADD COLUMN team TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX users_team ON users (team, email);
