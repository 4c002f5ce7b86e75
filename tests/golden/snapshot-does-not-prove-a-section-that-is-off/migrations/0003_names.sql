-- migrate:up
CREATE TABLE names (name text);

-- migrate:down shadow:off reason:"it takes an hour"
DROP TABLE names;
