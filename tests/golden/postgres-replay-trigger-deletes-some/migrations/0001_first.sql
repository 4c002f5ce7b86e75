-- migrate:up irreversible:"a test"
CREATE TABLE products (id int PRIMARY KEY, price int NOT NULL);
CREATE TABLE labels (product int PRIMARY KEY, label text NOT NULL);
CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM labels WHERE product = NEW.id; RETURN NEW; END $$;
CREATE TRIGGER products_label AFTER UPDATE ON products FOR EACH ROW EXECUTE FUNCTION forget();
