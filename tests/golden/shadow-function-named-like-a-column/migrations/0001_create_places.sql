-- migrate:up
CREATE TABLE places (
  region TEXT,
  name TEXT CHECK (region = region(name, 'de'))
);

-- migrate:down
DROP TABLE places;
