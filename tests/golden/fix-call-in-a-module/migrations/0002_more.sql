-- migrate:up irreversible:"a proof"
CREATE TABLE proof (n INTEGER CHECK (n = 0));
INSERT INTO proof SELECT count(*) FROM orders;
