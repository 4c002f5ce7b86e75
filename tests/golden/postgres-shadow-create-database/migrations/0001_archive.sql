-- migrate:up
CREATE DATABASE archive;
-- migrate:down
DROP DATABASE archive;
