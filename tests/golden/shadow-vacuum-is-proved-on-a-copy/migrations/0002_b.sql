-- migrate:up
-- bobolink:allow data-loss nothing stands in it
PRAGMA auto_vacuum = 2;
VACUUM;
CREATE TABLE tags (id INTEGER PRIMARY KEY);
-- migrate:down
VACUUM;
