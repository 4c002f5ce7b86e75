-- migrate:up requires:primary/6
CREATE TABLE events (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE events;
