CREATE TABLE users (id bigint);
/* the table /* of users */
CREATE TABLE orders (id bigint);
