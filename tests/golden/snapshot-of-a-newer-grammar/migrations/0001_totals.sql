-- migrate:up
CREATE TABLE t (id int, g int GENERATED ALWAYS AS (id * 2) VIRTUAL);
-- migrate:down
DROP TABLE t;
