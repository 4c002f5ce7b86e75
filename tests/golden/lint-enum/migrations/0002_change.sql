-- migrate:up irreversible:"test"
CREATE TABLE orders (state ENUM('open', 'paid'));
