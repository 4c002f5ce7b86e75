-- migrate:up irreversible:"a test"
DO $$ BEGIN EXECUTE 'CREATE UNIQUE INDEX users_email ON users (email)'; END $$;
