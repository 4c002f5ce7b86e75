-- migrate:up requires:audit/2
CREATE TABLE users (id INTEGER PRIMARY KEY);
