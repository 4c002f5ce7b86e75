-- migrate:up irreversible:"test data"
INSERT INTO users (id, name) VALUES (1, 'a', 'b');
