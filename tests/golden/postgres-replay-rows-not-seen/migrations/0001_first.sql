-- migrate:up irreversible:"a test"
CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE notes (owner text NOT NULL DEFAULT current_user);
CREATE TABLE settings (name text PRIMARY KEY);
