-- migrate:up
CREATE TYPE mood AS ENUM ('calm');
CREATE TABLE days (mood mood);
-- migrate:down
DROP TABLE days;
DROP TYPE mood;
