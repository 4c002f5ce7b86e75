-- migrate:up
CREATE INDEX user_name ON user_s (name);
-- migrate:down
DROP INDEX user_name;
