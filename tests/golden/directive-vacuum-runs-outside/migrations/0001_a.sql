-- migrate:up
CREATE TABLE a (b);
PRAGMA page_size = 8192;
VACUUM;
-- migrate:down
DROP TABLE a;
