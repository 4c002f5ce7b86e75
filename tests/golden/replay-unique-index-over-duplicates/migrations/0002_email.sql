-- migrate:up irreversible:"a test"
CREATE UNIQUE INDEX users_email ON users (email);
