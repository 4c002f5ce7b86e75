-- migrate:up irreversible:"a test"
CREATE TABLE tenants (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY);
