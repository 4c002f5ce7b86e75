-- migrate:up irreversible:"a test"
CREATE TABLE notes (tenant int NOT NULL);
CREATE TABLE settings (name text PRIMARY KEY);
