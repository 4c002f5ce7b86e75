-- migrate:up irreversible:"test data"
CREATE TRIGGER users_added AFTER INSERT ON users
BEGIN
	UPDATE users SET email = CASE WHEN new.id > 1 THEN 'é' ELSE 'b' END
		WHER id = new.id;
END;
