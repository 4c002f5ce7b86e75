-- migrate:up requires:data/7
CREATE TABLE orders (id INTEGER PRIMARY KEY);
