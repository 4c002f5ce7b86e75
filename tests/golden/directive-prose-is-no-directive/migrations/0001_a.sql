-- migrate the old table; see migrate:down below
-- Migrate: up to 1000 rows at a time
-- Add up migration script here
-- migrate:up
CREATE TABLE a (b DEFAULT '
-- migrate:down
'); /*
-- migrate:down
*/
-- -- migrate:down
-- migrate:down
DROP TABLE a;
