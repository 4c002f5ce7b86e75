-- migrate:up requires:data/2
CREATE TABLE totals (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE totals;
