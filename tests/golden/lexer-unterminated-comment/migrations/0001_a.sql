CREATE TABLE a (b);
/* the second table
CREATE TABLE c (d);
-- migrate:down
DROP TABLE a;
