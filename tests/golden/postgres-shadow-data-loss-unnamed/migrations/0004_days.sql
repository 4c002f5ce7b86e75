-- migrate:up irreversible:"test"
CREATE TABLE all_days AS TABLE days;
DROP TABLE days;
