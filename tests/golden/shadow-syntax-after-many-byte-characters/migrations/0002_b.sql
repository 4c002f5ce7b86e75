-- migrate:up irreversible:"test data"
INSERT INTO users (name, email)
VALUES ('Žluťoučký kůň 🐴', 'a@b') RETURN id;
