-- migrate:up requires:"primary/0005  primary/1"
CREATE TABLE events (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE events;
