CREATE TRIGGER t AFTER INSERT ON users BEGIN
	UPDATE users SET name = "anonymous" WHERE id = new.id;
END;
