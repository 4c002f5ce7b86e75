-- migrate:up
CREATE TABLE visits (page TEXT NOT NULL);
-- migrate:down
DROP TABLE visits;
