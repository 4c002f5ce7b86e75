-- migrate:up irreversible:"a test"
CREATE TYPE mood AS ENUM ('it''s sad', 'happy');
CREATE DOMAIN amount AS numeric(6,2) CHECK (VALUE > 100);
CREATE DOMAIN big_amount AS amount NOT NULL CONSTRAINT big CHECK (VALUE >= 500);
CREATE SCHEMA shop;
CREATE TABLE shop.parents (a text, b integer, PRIMARY KEY (a, b));
CREATE TABLE "Children" (
	id bigserial PRIMARY KEY,
	number integer GENERATED ALWAYS AS IDENTITY,
	a text NOT NULL,
	b integer NOT NULL,
	kind varchar(5) NOT NULL CHECK (kind IN ('big', 'small')),
	size integer NOT NULL CHECK (size BETWEEN 40 AND 50),
	code char(12) NOT NULL UNIQUE CHECK (length(code) = 12),
	low integer, high integer,
	mood mood NOT NULL UNIQUE,
	price big_amount,
	twice integer NOT NULL GENERATED ALWAYS AS (size * 2) STORED,
	key uuid NOT NULL UNIQUE,
	tags text[] NOT NULL UNIQUE,
	data jsonb NOT NULL, at timestamptz NOT NULL, day date NOT NULL, span tstzrange NOT NULL, took interval NOT NULL,
	ip inet NOT NULL, bytes bytea NOT NULL, flag boolean NOT NULL, "odd "" name" real NOT NULL,
	CHECK (low < high), CHECK ((low IS NULL) <> (kind = 'big')),
	FOREIGN KEY (a, b) REFERENCES shop.parents (a, b)
);
CREATE TABLE eggs (id bigint PRIMARY KEY, hen_id bigint);
CREATE TABLE hens (id bigint PRIMARY KEY, egg_id bigint NOT NULL REFERENCES eggs (id));
ALTER TABLE eggs ADD FOREIGN KEY (hen_id) REFERENCES hens (id);
CREATE TABLE trees (id bigint PRIMARY KEY, parent_id bigint NOT NULL REFERENCES trees (id));
CREATE TABLE pairs (one bigint NOT NULL REFERENCES eggs (id), other bigint NOT NULL REFERENCES eggs (id), CHECK (one <> other));
CREATE TABLE events (id bigint NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE rooms (id bigint PRIMARY KEY, during int4range NOT NULL, EXCLUDE USING gist (during WITH &&));
CREATE TABLE logs (name text);
CREATE TABLE seen (name text PRIMARY KEY);
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO seen VALUES (NEW.name) ON CONFLICT DO NOTHING; RETURN NEW; END';
CREATE TRIGGER seen AFTER INSERT ON logs FOR EACH ROW EXECUTE FUNCTION see();
CREATE VIEW everything AS SELECT id FROM eggs UNION ALL SELECT id FROM hens;
