-- migrate:up requires:data/8
CREATE TABLE items (id INTEGER PRIMARY KEY);
