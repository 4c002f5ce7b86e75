-- migrate:up
CREATE TABLE roles (
  name TEXT PRIMARY KEY,
  may TEXT NOT NULL
) WITHOUT ROWID;

-- migrate:down
DROP TABLE roles;
