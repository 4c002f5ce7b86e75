-- migrate:up irreversible:"rows are gone"
DELETE FROM a;
