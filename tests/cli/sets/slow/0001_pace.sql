-- migrate:up
CREATE TABLE pace (loops INTEGER NOT NULL);
INSERT INTO pace (loops) VALUES (1);
CREATE TABLE done (n INTEGER);
-- migrate:down
DROP TABLE done;
DROP TABLE pace;
