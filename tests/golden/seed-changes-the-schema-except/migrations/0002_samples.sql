-- migrate:up except:production
DROP TABLE orders; -- bobolink:allow data-loss it is a test
-- migrate:down
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, total INTEGER);
