-- migrate:up irreversible:"a test"
ALTER TABLE users ADD COLUMN tenant int NOT NULL DEFAULT 1;
ALTER TABLE users ADD CONSTRAINT users_email UNIQUE (tenant, email);
