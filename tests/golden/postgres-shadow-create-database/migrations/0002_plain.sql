-- migrate:up
CREATE DATABASE plain TEMPLATE template0;
-- migrate:down
DROP DATABASE plain;
