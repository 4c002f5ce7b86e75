-- migrate:up
CREATE TABLE a (x);
-- migrate:down shadow:off reason:"calls the server"
DROP TABLE a;
