-- migrate:up
CREATE TABLE words (id bigint PRIMARY KEY);
-- migrate:down
-- bobolink:allow data-loss orders have no users any more
TRUNCATE users CASCADE;
DROP TABLE words;
