-- migrate:up
CREATE TABLE orders (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
INSERT INTO orders (code) VALUES ('a');

-- migrate:down
INSERT OR ROLLBACK INTO orders (code) VALUES ('a');
DROP TABLE orders;
