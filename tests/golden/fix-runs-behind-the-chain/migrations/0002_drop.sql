-- migrate:up allow:data-loss
DROP TABLE orders;
-- migrate:down
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, total INTEGER);
