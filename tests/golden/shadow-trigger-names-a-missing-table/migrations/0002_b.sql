-- migrate:up
CREATE TRIGGER users_added AFTER INSERT ON users
BEGIN
	INSERT INTO audits (who) VALUES (new.id);
END;
-- migrate:down
DROP TRIGGER users_added;
