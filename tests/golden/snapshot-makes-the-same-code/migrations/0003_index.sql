-- migrate:up transaction:off
CREATE INDEX CONCURRENTLY users_mail ON users (mail);

-- migrate:down transaction:off
DROP INDEX CONCURRENTLY users_mail;
