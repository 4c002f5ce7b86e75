-- migrate:up irreversible:"a test"
ALTER TABLE orders ADD COLUMN tenant_id int NOT NULL DEFAULT 1 REFERENCES tenants;
