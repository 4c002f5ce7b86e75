-- migrate:up transaction:off
DO $$
BEGIN
	FOR page IN 1..3 LOOP
		INSERT INTO visits VALUES ('page ' || page);
		commit;
	END LOOP;
END
$$;
-- migrate:down
DELETE FROM visits WHERE page LIKE 'page %';
