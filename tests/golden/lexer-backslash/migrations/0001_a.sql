\connect shop
CREATE TABLE a (b);
