-- migrate:up only:development
CREATE TABLE samples (id bigint PRIMARY KEY);
-- migrate:down
DROP TABLE samples;
