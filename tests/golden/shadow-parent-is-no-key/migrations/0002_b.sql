CREATE TABLE orders (
	id INTEGER PRIMARY KEY,
	user_name TEXT REFERENCES users (name)
);
