-- migrate:up irreversible:"test data"
INSERT INTO users (id, name) VALUES (1, 'a');
INSERT OR ROLLBACK INTO users (id, name) VALUES (1, 'b');
