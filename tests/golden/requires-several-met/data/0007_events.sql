-- migrate:up requires:"primary/5 audit/2"
CREATE TABLE events (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE events;
