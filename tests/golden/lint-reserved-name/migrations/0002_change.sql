-- migrate:up irreversible:"test"
DELETE FROM "Bobolink_History" WHERE version = 1;
