-- migrate:up irreversible:"test"
CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY);
