-- migrate:up
CREATE INDEX users_nam ON users (nam);
-- migrate:down
DROP INDEX users_nam;
