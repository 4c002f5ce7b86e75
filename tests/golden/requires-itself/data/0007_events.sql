-- migrate:up requires:data/7
CREATE TABLE events (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE events;
