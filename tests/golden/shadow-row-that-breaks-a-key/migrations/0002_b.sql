-- migrate:up
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));
INSERT INTO orders VALUES (1, 7);
-- migrate:down allow:data-loss
DROP TABLE orders;
