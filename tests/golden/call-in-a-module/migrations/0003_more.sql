-- migrate:up irreversible:"a proof"
CREATE TABLE filled (n INTEGER CHECK (n = 1));
INSERT INTO filled SELECT count(*) FROM orders;
