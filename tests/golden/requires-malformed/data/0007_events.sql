-- migrate:up requires:primary
CREATE TABLE events (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE events;
