-- migrate:up
CREATE INDEX users_email ON users ("emial");
-- migrate:down
DROP INDEX users_email;
