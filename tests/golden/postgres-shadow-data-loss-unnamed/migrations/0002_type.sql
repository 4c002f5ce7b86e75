-- migrate:up irreversible:"test"
DROP TYPE status CASCADE;
