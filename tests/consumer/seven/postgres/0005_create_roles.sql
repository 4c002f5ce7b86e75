-- migrate:up
CREATE TABLE roles (
  name TEXT PRIMARY KEY,
  may TEXT NOT NULL
);

-- migrate:down
DROP TABLE roles;
