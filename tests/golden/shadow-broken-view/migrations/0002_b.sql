CREATE VIEW names AS
	SELECT id, nmae FROM users;
