-- migrate:up irreversible:"a test"
CREATE TABLE node (id int PRIMARY KEY, depth int);
CREATE TABLE edge (parent int NOT NULL REFERENCES node, child int NOT NULL REFERENCES node, PRIMARY KEY (parent, child));
