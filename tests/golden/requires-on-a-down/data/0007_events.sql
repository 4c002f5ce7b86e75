-- migrate:up
CREATE TABLE events (id INTEGER PRIMARY KEY);
-- migrate:down requires:primary/5
DROP TABLE events;
