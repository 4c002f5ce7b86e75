-- migrate:up
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM nothing
$$;
-- migrate:down
DROP FUNCTION f();
