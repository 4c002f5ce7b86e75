-- migrate:up transaction:off
CREATE TABLE f (x);
BEGIN;
CREATE TABLE g (x);
COMMIT;
