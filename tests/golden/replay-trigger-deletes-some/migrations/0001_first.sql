-- migrate:up irreversible:"a test"
CREATE TABLE products (id INTEGER PRIMARY KEY, price INTEGER NOT NULL);
CREATE TABLE labels (product INTEGER PRIMARY KEY, label TEXT NOT NULL);
CREATE TRIGGER products_label AFTER UPDATE ON products BEGIN DELETE FROM labels WHERE product = NEW.id; END;
