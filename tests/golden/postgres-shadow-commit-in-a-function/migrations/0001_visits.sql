-- migrate:up
CREATE TABLE visits (page TEXT NOT NULL);
CREATE PROCEDURE thin_out() LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM visits WHERE page = 'robots';
	COMMIT;
END
$$;
-- migrate:down
DROP PROCEDURE thin_out;
DROP TABLE visits;
