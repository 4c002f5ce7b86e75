-- migrate:up
CREATE TABLE offers (id INTEGER PRIMARY KEY, low INTEGER, high INTEGER, CHECK (low < high));

-- migrate:down
DROP TABLE offers;
