-- migrate:up irreversible:"test"
SET LOCAL search_path = archive;
CREATE TABLE old (id bigint PRIMARY KEY);
