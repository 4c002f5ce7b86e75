-- migrate:up only:development
CREATE TABLE samples (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE samples;
