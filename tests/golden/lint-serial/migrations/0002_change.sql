-- migrate:up irreversible:"test"
CREATE TABLE orders (
	id SERIAL PRIMARY KEY,
	at TEXT DEFAULT (now())
);
