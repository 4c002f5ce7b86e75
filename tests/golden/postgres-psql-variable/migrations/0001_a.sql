CREATE TABLE users (id bigint);
INSERT INTO users VALUES (:first_id);
