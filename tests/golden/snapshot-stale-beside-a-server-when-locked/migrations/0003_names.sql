-- migrate:up
CREATE TABLE names (name text);

-- migrate:down
DROP TABLE names;
