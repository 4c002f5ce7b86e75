CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
	NEW.changed := now();
	RETURN NEW;
END
$Body$;
CREATE TABLE users (id bigint);
