-- migrate:up irreversible:"a test"
CREATE TABLE tickets (state text NOT NULL) PARTITION BY LIST (state);
CREATE TABLE tickets_closed PARTITION OF tickets FOR VALUES IN ('closed');
CREATE TABLE tickets_open PARTITION OF tickets FOR VALUES IN ('open');
