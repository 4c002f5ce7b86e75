-- migrate:up
CREATE TRIGGER users_added AFTER INSERT ON users BEGIN
	UPDATE users SET email = 'x' WHERE id = new.id;
END;
-- migrate:down
DROP TRIGGER users_added;
