-- migrate:up transaction:on
DELETE FROM a;
PRAGMA journal_mode=WAL;
