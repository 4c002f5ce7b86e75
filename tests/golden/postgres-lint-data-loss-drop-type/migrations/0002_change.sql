-- migrate:up irreversible:"test"
DROP TYPE status CASCADE;
CREATE DOMAIN mine AS int;
DROP DOMAIN mine CASCADE;
DROP DOMAIN IF EXISTS archive.code CASCADE;
