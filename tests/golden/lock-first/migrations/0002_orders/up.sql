CREATE TABLE orders (id);
