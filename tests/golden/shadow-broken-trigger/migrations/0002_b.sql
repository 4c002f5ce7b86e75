CREATE TRIGGER users_added AFTER INSERT ON users BEGIN
	UPDATE users SET email = CASE WHEN new.name = 'x' THEN 'y' ELSE new.mail END;
END;
