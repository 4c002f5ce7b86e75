-- migrate:up irreversible:"a test"
ALTER TABLE events DETACH PARTITION events_2020;
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes FORCE ROW LEVEL SECURITY;
INSERT INTO settings VALUES ('detached');
