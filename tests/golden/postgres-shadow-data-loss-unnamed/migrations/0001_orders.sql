-- migrate:up
CREATE TYPE status AS ENUM ('open', 'closed');
CREATE TABLE orders (id int PRIMARY KEY, state status, note text);
CREATE TABLE days (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
-- migrate:down
DROP TABLE days, orders;
DROP TYPE status;
