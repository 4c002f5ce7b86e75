-- migrate:up irreversible:"a proof"
CREATE TABLE filled (n bigint CHECK (n = 1));
INSERT INTO filled SELECT count(*) FROM orders;
