-- migrate:up irreversible:"test"
SET search_path = archive;
CREATE TABLE old (id bigint PRIMARY KEY);
SELECT set_config('lock_timeout', '5s', false);
