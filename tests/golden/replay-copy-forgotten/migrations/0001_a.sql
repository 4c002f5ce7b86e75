-- migrate:up irreversible:"a test"
CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER);
