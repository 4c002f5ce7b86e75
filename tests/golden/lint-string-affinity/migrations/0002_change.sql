-- migrate:up
CREATE TABLE items (code STRING);
-- migrate:down
DROP TABLE items;
