-- migrate:up
CREATE TABLE users (id bigint PRIMARY KEY);
GRANT SELECT ON users TO reporter;
-- migrate:down
DROP TABLE users;
