-- migrate:up irreversible:"a test"
DO $$ BEGIN
	IF NOT (SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_email'::regclass) THEN
		RAISE EXCEPTION 'the index is not valid';
	END IF;
	IF (SELECT count(*) FROM users) NOT IN (0, 2) THEN
		RAISE EXCEPTION 'there is one row';
	END IF;
END $$;
