-- migrate:up
CREATE TABLE a (b)
-- migrate:down
DROP TABLE a;
