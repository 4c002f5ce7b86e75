-- migrate:up irreversible:"test"
CREATE TABLE orders (id INTEGER PRIMARY KEY) ENGINE=InnoDB DEFAULT CHARSET=utf8;
