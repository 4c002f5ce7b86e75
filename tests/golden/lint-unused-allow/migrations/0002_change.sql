-- migrate:up
-- bobolink:allow data-loss left over
CREATE TABLE items (code TEXT);
-- migrate:down
DROP TABLE items;
