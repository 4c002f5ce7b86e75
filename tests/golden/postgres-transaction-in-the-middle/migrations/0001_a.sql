CREATE TABLE users (id bigint);
BEGIN;
CREATE TABLE orders (id bigint);
COMMIT;
SAVEPOINT here;
