-- migrate:up transaction:off irreversible:"test"
CREATE INDEX users_name ON users (name);
CREATE INDEX users_email ON user (email);
