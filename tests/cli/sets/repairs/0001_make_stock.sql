-- migrate:up
CREATE TABLE stock (id INTEGER PRIMARY KEY, pieces INTEGER NOT NULL);
INSERT INTO stock VALUES (1, -3), (2, 4);
-- migrate:down
DROP TABLE stock;
