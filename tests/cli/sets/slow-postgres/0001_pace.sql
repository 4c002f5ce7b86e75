-- migrate:up
CREATE TABLE pace (seconds INTEGER NOT NULL);
INSERT INTO pace (seconds) VALUES (0);
CREATE TABLE done (n INTEGER);
-- migrate:down
DROP TABLE done;
DROP TABLE pace;
