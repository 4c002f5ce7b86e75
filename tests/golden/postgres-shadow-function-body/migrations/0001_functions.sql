-- migrate:up
CREATE FUNCTION f() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	RETRUN 1;
END
$$;
-- migrate:down
DROP FUNCTION f();
