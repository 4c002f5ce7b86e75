-- migrate:up requires:primary/9223372036854775808
CREATE TABLE events (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE events;
