# What is different on PostgreSQL: the last part of operations_story.sh.
mkdir -p "$folder/postgres/migrations"
cd "$folder/postgres"
rm -f "$folder"/bin/notes*
cat >CMakeLists.txt <<'TEXT'
cmake_minimum_required(VERSION 3.21)
project(notes LANGUAGES C)
find_package(bobolink REQUIRED)
bobolink_add_migrations(notes_migrations DATABASE postgres DIRECTORY migrations)
bobolink_add_migrator(notes notes_migrations)
TEXT
cat >migrations/0001_create_notes.sql <<'SQL'
-- migrate:up
CREATE TABLE notes (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title TEXT NOT NULL,
  words INTEGER
);

-- migrate:down
DROP TABLE notes;
SQL
psql -qX "$BOBOLINK_TEST_URL" -c 'CREATE DATABASE life'
NOTES_DATABASE_URL=$(echo "$BOBOLINK_TEST_URL" | sed 's|/postgres?|/life?|')
export NOTES_DATABASE_URL

# The program of this part has nothing but the flags.
rebuild() {
	{ cmake -S . -B build && cmake --build build; } >all 2>&1 || { cat all >&2 && exit 1; }
	cp build/notes "$folder/bin/notes"
}

rebuild
notes --migrate >all 2>&1 || { cat all >&2 && exit 1; }
say <<'TEXT'
### Locks, before they are taken

A plan says which locks each statement is going to need. Whoever holds `ACCESS EXCLUSIVE` on a table keeps everybody else from reading it.
TEXT
file migrations/0002_longer_titles.sql <<'SQL'
-- migrate:up
ALTER TABLE notes ADD CONSTRAINT notes_title_length CHECK (length(title) <= 200);
CREATE INDEX notes_by_title ON notes (title);

-- migrate:down
DROP INDEX notes_by_title;
ALTER TABLE notes DROP CONSTRAINT notes_title_length;
SQL
rebuild
run 0 'notes --migrate-plan'
say <<'TEXT'
A migration waits at most a second for the lock of a table, because everybody who comes later waits behind it; then it is rolled back and
tried again, for a minute in all. (`-- migrate:up lock-timeout:5s` changes the second.)
TEXT
run 0 'notes --migrate'

say <<'TEXT'
### Stopped half-way, and no answer

This migration works through a large table in small transactions of its own:
TEXT
file migrations/0003_count_words.sql <<'SQL'
-- migrate:up transaction:off
CREATE PROCEDURE count_words() LANGUAGE plpgsql AS $$
DECLARE
  note BIGINT;
BEGIN
  FOR note IN SELECT id FROM notes WHERE words IS NULL LOOP
    UPDATE notes SET words = array_length(string_to_array(title, ' '), 1) WHERE id = note;
    COMMIT;
    PERFORM pg_sleep(0.1); -- others want to work as well
  END LOOP;
END
$$;
CALL count_words();
DROP PROCEDURE count_words;

-- migrate:down
UPDATE notes SET words = NULL;
SQL
rebuild
psql -qX "$NOTES_DATABASE_URL" -c "INSERT INTO notes (title) SELECT 'thought ' || i FROM generate_series(1, 50) AS i"
run 137 'timeout -s KILL 2 notes --migrate'
run 9 'notes --migrate'
say <<'TEXT'
The server did not know that its client was gone and went on with the procedure, so the second run waited for it. But what became of `CALL`? It commits as
it goes; it may have done all of its work, half of it or none, and no look at the schema tells. Nobody goes on by guessing. The operator knows what to ask:
TEXT
run 0 'psql -X "$NOTES_DATABASE_URL" -c "SELECT count(*) AS notes, count(words) AS counted FROM notes"'
say <<'TEXT'
All is counted. With half of it counted, `--migrate-retry` would have gone on with `CALL`, which takes up where it was. As it is, only the last statement is
missing; it is run by hand, and the migration is marked as applied.
TEXT
run 0 'psql -X "$NOTES_DATABASE_URL" -c "DROP PROCEDURE count_words"'
run 0 'notes --migrate-mark=3:applied' 'y
'

say <<'TEXT'
### Backups

`pg_dump` and `pg_restore` do the work. Nothing is restored over the live database: a new one is made, checked, and given its name.
TEXT
run 0 'notes --migrate-backup=friday'
run 0 'psql -X "$NOTES_DATABASE_URL" -c "DELETE FROM notes"'
run 0 'notes --migrate-restore=friday' 'y
'
run 0 'psql -X "$NOTES_DATABASE_URL" -c "SELECT count(*) FROM notes"'
run 0 'notes --migrate-status'

say <<'TEXT'
### A table that somebody dropped

`BOBOLINK_VALIDATE=full` compares the whole schema at each start, and not only where its fingerprint changed:
TEXT
run 0 'psql -qX "$NOTES_DATABASE_URL" -c "DROP TABLE notes"'
run 5 'BOBOLINK_VALIDATE=full notes --migrate'
run 5 'notes --migrate-health'
run 0 'notes --migrate-repair' 'y
'
run 0 'BOBOLINK_VALIDATE=full notes --migrate'
run 0 'notes --migrate-drift'
