-- migrate:up irreversible:"test"
ALTER TABLE users ADD COLUMN points integer NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN since timestamptz DEFAULT now();
