-- migrate:up irreversible:"a test"
ALTER TABLE items ADD COLUMN code TEXT NOT NULL DEFAULT '';
CREATE TRIGGER items_code AFTER UPDATE OF name ON items BEGIN UPDATE items SET code = lower(NEW.name) WHERE id = NEW.id; END;
UPDATE items SET name = trim(name) WHERE id > 0;
CREATE UNIQUE INDEX items_by_code ON items (code);
