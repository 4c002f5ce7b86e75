-- migrate:up requires:primary/0002
CREATE TABLE sums (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE sums;
