-- migrate:up
CREATE TABLE copies (id bigint PRIMARY KEY);
-- migrate:down
DROP TABLE copies;
COPY users FROM '/etc/passwd';
