-- migrate:up irreversible:"a test"
CREATE TABLE counts (what text, n integer NOT NULL CHECK (n IN (0, 2)));
INSERT INTO counts SELECT 'parents', count(*) FROM shop.parents;
INSERT INTO counts SELECT 'children', count(*) FROM "Children" WHERE (a, b) IN (SELECT a, b FROM shop.parents);
INSERT INTO counts SELECT 'eggs', count(*) FROM eggs;
INSERT INTO counts SELECT 'hens', count(*) FROM hens;
INSERT INTO counts SELECT 'trees', count(*) FROM trees;
INSERT INTO counts SELECT 'pairs', count(*) FROM pairs;
INSERT INTO counts SELECT 'events', count(*) FROM events;
INSERT INTO counts SELECT 'rooms', count(*) FROM rooms;
INSERT INTO counts SELECT 'logs', count(*) FROM logs;
