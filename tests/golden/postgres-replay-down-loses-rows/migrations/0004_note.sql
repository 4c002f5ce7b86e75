-- migrate:up
CREATE TABLE texts (id bigint PRIMARY KEY);
-- migrate:down
WITH kept AS (DELETE FROM users RETURNING *) SELECT count(*) FROM kept;
DROP TABLE texts;
