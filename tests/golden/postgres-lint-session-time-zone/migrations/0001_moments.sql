-- migrate:up irreversible:"test"
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz DEFAULT '2024-01-01'::timestamptz,
    paid timestamptz DEFAULT CAST('2024-01-01 10:00' AS timestamp with time zone),
    was boolean GENERATED ALWAYS AS (at < timestamptz(3) '2024-01-01T10:00:00.5') STORED,
    CHECK (at > TIMESTAMP (3) WITH TIME ZONE '1999-12-31 23:59:59'),
    sure timestamptz DEFAULT '2024-01-01 00:00:00+00'::timestamptz CHECK (sure > '2000-01-01 00:00:00 Europe/Paris'::timestamptz),
    soon timestamptz DEFAULT 'now'::timestamptz CHECK (soon < 'infinity'::timestamptz),
    local timestamp DEFAULT '2024-01-01'::timestamp CHECK (local > timestamp '2000-01-01'),
    text text DEFAULT '2024-01-01',
    day date CHECK (day > '2024-01-01'::date::timestamptz)
);
CREATE VIEW recent AS SELECT * FROM orders WHERE at > '2024-01-01'::timestamptz(0);
CREATE INDEX young ON orders (id) WHERE at > '2024-01-01'::timestamptz;
ALTER TABLE orders ALTER at SET DEFAULT timestamptz '2025-01-01', ADD late timestamptz;
-- bobolink:allow session-time-zone the servers and the builds are all in UTC
CREATE MATERIALIZED VIEW older AS SELECT * FROM orders WHERE at < '2024-01-01'::timestamptz;

-- Computed when it runs, and kept as a value.
UPDATE orders SET at = '2024-01-01'::timestamptz WHERE id = 1;
CREATE TEMPORARY VIEW passing AS SELECT '2024-01-01'::timestamptz AS at;
CREATE TABLE copied AS SELECT '2024-01-01'::timestamptz AS at;
SET LOCAL TIME ZONE 'UTC';
CREATE VIEW said AS SELECT * FROM orders WHERE at > '2024-01-01'::timestamptz;
