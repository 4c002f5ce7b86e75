-- migrate:up requires:data/7
CREATE TABLE items (id INTEGER PRIMARY KEY);
