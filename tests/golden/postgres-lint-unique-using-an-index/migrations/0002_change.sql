-- migrate:up irreversible:"test"
CREATE UNIQUE INDEX CONCURRENTLY users_mail ON users (mail);
