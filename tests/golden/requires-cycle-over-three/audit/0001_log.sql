-- migrate:up requires:data/8
CREATE TABLE log (id INTEGER PRIMARY KEY);
