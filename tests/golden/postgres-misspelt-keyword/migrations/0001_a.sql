-- migrate:up
CREATE TABLE users (id bigint PRIMERY KEY);
-- migrate:down
DROP TABEL users;
