-- migrate:up
CREATE TABLE users (id bigint, name text DEFAULT 'a'
	'b');
CREATE FUNCTION one() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;
CREATE RULE r AS ON INSERT TO users DO ALSO (SELECT 1; SELECT 2);
-- migrate:down
DROP TABLE users;
