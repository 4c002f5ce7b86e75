\set ON_ERROR_STOP on
\connect shop
CREATE TABLE users (id bigint);
\i it's_more.sql
SELECT count(*) AS n FROM users \gset
\timing
