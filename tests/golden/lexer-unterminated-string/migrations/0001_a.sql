-- migrate:up
CREATE TABLE a (b TEXT);
INSERT INTO a VALUES ('it's');
