# The life that operations.sh tells, step by step.
say <<'TEXT'
# The life of a database

One program, `notes`, from its first migration to its fifth release, and everything that can go wrong on the way. Each command
on this page was run, and printed what you see; only times, durations, sizes and process numbers are made equal. The program
keeps its notes in SQLite; [the end of the page](#the-same-on-postgresql) shows what is different on PostgreSQL.

The commands ask before they take something away. On this page they run on a terminal; in a script there is nobody to ask, and
`--migrate-yes` is the answer.

1. [A first migration](#a-first-migration)
2. [A migration that the data refuses](#a-migration-that-the-data-refuses)
3. [A migration that is mended](#a-migration-that-is-mended)
4. [Rolling back](#rolling-back)
5. [An older program](#an-older-program)
6. [Stopped half-way](#stopped-half-way)
7. [A database made by hand](#a-database-made-by-hand)
8. [Backups](#backups)
9. [What happened here?](#what-happened-here)
10. [The same on PostgreSQL](#the-same-on-postgresql)

## A first migration

`bobolink new` makes the next file; you fill it in.
TEXT
run 0 'bobolink new create_notes'
file migrations/0001_create_notes.sql <<'SQL'
-- migrate:up
CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL
);

-- migrate:down
DROP TABLE notes;
SQL
say <<'TEXT'
The build runs it, and its down, on a scratch database. No news is good news:
TEXT
build 0
cp build/notes "$folder/bin/notes"
say <<'TEXT'
The program now carries the migration. What would it do to the database? `--migrate-plan` writes nothing, not even the file:
TEXT
run 0 'notes --migrate-plan'
say <<'TEXT'
The program would do that by itself at its first start. Here it is done as a step of its own, as before a deploy:
TEXT
run 0 'notes --migrate'
run 0 'notes --migrate-status'
say <<'TEXT'
*Batch* 1 is this run: what a run applies is rolled back together. From now on a start costs one query:
TEXT
run 0 'notes "buy tea"'
run 0 'notes'
say <<'TEXT'
Before it is shipped the migration is sealed. The lock file is committed beside it; whoever edits a sealed migration is
stopped by the build.
TEXT
release 1.0

say <<'TEXT'
## A migration that the data refuses

Release 2.0 wants every title to be there once only.
TEXT
file migrations/0002_unique_titles.sql <<'SQL'
-- migrate:up
CREATE UNIQUE INDEX notes_by_title ON notes (title);

-- migrate:down
DROP INDEX notes_by_title;
SQL
build 0
say <<'TEXT'
The build proves that the SQL is right. It cannot know your rows, and says so: here is a migration that runs or fails as the data
will have it. The warning is ignored, the migration sealed and shipped as 2.0. In production somebody has written the same note
twice:
TEXT
release 2.0
run 0 'notes-1.0 "buy tea"'
say <<'TEXT'
A rehearsal would have told: it runs what is pending on the real data, in a transaction, and undoes it.
TEXT
run 1 'notes --migrate-rehearse'
say <<'TEXT'
Nobody rehearsed, and 2.0 starts:
TEXT
run 1 'notes'
say <<'TEXT'
Nothing of the migration is left in the database, but the refusal is remembered. The next start does not try the same again: a
service that is restarted every few seconds would only repeat the damage to whoever waits for the lock. It is *held*, and exits with 4.
TEXT
run 4 'notes'
run 0 'notes --migrate-status'
say <<'TEXT'
An application that can live with the old schema may choose to go on, loudly; for everybody else, stopping is right.
TEXT
run 0 'BOBOLINK_ON_FAILURE=continue notes'
say <<'TEXT'
The migration is right and the data is wrong, so the data is mended, and then the migration is tried again. That is a decision, and
has a flag:
TEXT
run 0 'sqlite3 notes.db "DELETE FROM notes WHERE id NOT IN (SELECT min(id) FROM notes GROUP BY title)"'
run 0 'notes --migrate-retry'

say <<'TEXT'
## A migration that is mended

Release 3.0 allows no empty titles.
TEXT
run 0 'notes "  "'
file migrations/0003_no_blank_titles.sql <<'SQL'
-- migrate:up
CREATE TABLE notes_new (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL CHECK (trim(title) <> '')
);
INSERT INTO notes_new (id, title) SELECT id, title FROM notes;
DROP TABLE notes;
ALTER TABLE notes_new RENAME TO notes;
CREATE UNIQUE INDEX notes_by_title ON notes (title);

-- migrate:down
CREATE TABLE notes_old (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL
);
INSERT INTO notes_old (id, title) SELECT id, title FROM notes;
DROP TABLE notes;
ALTER TABLE notes_old RENAME TO notes;
CREATE UNIQUE INDEX notes_by_title ON notes (title);
SQL
release 3.0
run 1 'notes'
say <<'TEXT'
This time the migration itself is to blame: it has to say what becomes of blank titles. It is sealed, but it was applied nowhere, so it may be
amended. The lock file then knows the old text as well, and a database that applied *that* is not taken for a stranger.
TEXT
sed -i 's/^INSERT INTO notes_new .*/INSERT INTO notes_new (id, title)\nSELECT id, CASE WHEN trim(title) = '"''"' THEN '"'note '"' || id ELSE title END FROM notes;/' \
	migrations/0003_no_blank_titles.sql
run 0 'sed -n "6,8p" migrations/0003_no_blank_titles.sql'
run 0 'bobolink lock --amend 3 migrations'
release 3.1
say <<'TEXT'
3.1 carries another text than the one that was refused, so that no decision is needed: the next start applies it.
TEXT
run 0 'notes'

say <<'TEXT'
## Rolling back

Release 4.0 adds tags.
TEXT
file migrations/0004_create_tags.sql <<'SQL'
-- migrate:up
CREATE TABLE tags (
  note_id INTEGER NOT NULL REFERENCES notes (id),
  tag TEXT NOT NULL,
  PRIMARY KEY (note_id, tag)
) WITHOUT ROWID;

-- migrate:down
DROP TABLE tags;
SQL
release 4.0
run 0 'notes --migrate'
run 0 'sqlite3 notes.db "INSERT INTO tags SELECT id, '"'shopping'"' FROM notes"'
say <<'TEXT'
Then 4.0 turns out to be slow, and has to go. A rollback undoes the last batch by its downs, the newest migration first. It begins
with what it would do, and with what would be lost:
TEXT
run 8 'notes --migrate-rollback'
say <<'TEXT'
Nothing ran. Two tags would be lost, which nobody can bring back, so that the exit code is 8 until somebody says that they may go. Whoever is
not sure saves them first:
TEXT
run 0 'notes --migrate-backup=before-4'
run 0 'notes --migrate-rollback --migrate-force' 'y
'
run 0 'notes --migrate-status'
say <<'TEXT'
The row stays, as rolled back. What was rolled back on purpose does not come again by itself: a start of 4.0 is held, as after a
failure.
TEXT
run 4 'notes'
say <<'TEXT'
`--migrate` is the decision to have it again.
TEXT
run 0 'notes --migrate'

say <<'TEXT'
## An older program

More often the *program* goes back: 4.0 has a bug, and 3.1 is deployed again. It does not know migration 4, cannot tell whether it can live with it,
and refuses:
TEXT
run 7 'notes-3.1'
say <<'TEXT'
It does not carry the statements that undo 4 either. But the database does: they were written down when the migration was applied. The
older program shows them as it shows its own, and runs them:
TEXT
run 0 'notes-3.1 --migrate-to=3' 'y
'
run 0 'notes-3.1'
say <<'TEXT'
Later 4.1 comes, without the bug. `--migrate` applies what 3.1 took away.
TEXT
run 0 'notes --migrate'

say <<'TEXT'
## Stopped half-way

A migration and its row in the history are committed together: whatever dies, it happened or it did not. A few statements refuse
transactions. Release 5.0 has one, `VACUUM`. Such a migration runs in pieces, and how far it came is committed with each of them.
TEXT
file migrations/0005_count_neighbours.sql <<'SQL'
-- migrate:up
ALTER TABLE notes ADD COLUMN neighbours INTEGER NOT NULL DEFAULT 0;
UPDATE notes SET neighbours = (
  SELECT count(*) FROM notes AS a, notes AS b, notes AS c
  WHERE a.title < b.title AND b.title < c.title);
VACUUM;

-- migrate:down
ALTER TABLE notes DROP COLUMN neighbours;
SQL
release 5.0
say <<'TEXT'
The update takes a while with many notes. The deploy has a limit of half a second, and no mercy:
TEXT
sqlite3 notes.db "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
INSERT INTO notes (title) SELECT 'thought ' || i FROM n"
run 137 'timeout -s KILL 0.5 notes --migrate'
run 0 'notes --migrate-status'
say <<'TEXT'
`ALTER TABLE` is done, the rest is not, and the database knows. Nothing has to be decided: the next start goes on with the second
statement.
TEXT
run 0 'notes --migrate'
say <<'TEXT'
(Where a statement leaves no trace of whether it was done, the run stops with exit code 9 and asks: see [PostgreSQL](#the-same-on-postgresql).)

### Done by hand

Somebody was faster than release 5.1, and made its index in production already:
TEXT
run 0 'sqlite3 notes.db "CREATE INDEX notes_by_neighbours ON notes (neighbours)"'
file migrations/0006_index_neighbours.sql <<'SQL'
-- migrate:up
CREATE INDEX notes_by_neighbours ON notes (neighbours);

-- migrate:down
DROP INDEX notes_by_neighbours;
SQL
release 5.1
run 1 'notes --migrate'
say <<'TEXT'
The index is the right one, so there is nothing to run. `--migrate-mark` says so to the history, and to the log, where everybody can see that it
was a person who decided:
TEXT
run 0 'notes --migrate-mark=6:applied' 'y
'
run 0 'notes --migrate-status'

say <<'TEXT'
## A table that somebody dropped

A history says what was recorded; only the database says what is. Somebody clears away a table that nobody seemed to need:
TEXT
run 0 'sqlite3 notes.db "DROP TABLE tags"'
run 5 'notes'
say <<'TEXT'
The next start notices, because the schema has another fingerprint than the one that the last run left, compares, and stops. (With
`BOBOLINK_ON_FAILURE=continue` it would say so and go on.) What else is wrong, and what exactly is missing?
TEXT
run 5 'notes --migrate-health'
run 5 'notes --migrate-drift'
say <<'TEXT'
Repair makes what is missing from what the program carries, in one transaction. It never drops anything and never changes what is there. The rows
of the table are gone: those are in a backup.
TEXT
run 0 'notes --migrate-repair' 'y
'
run 0 'notes --migrate-drift'
run 0 'notes | head -1'

say <<'TEXT'
## A database made by hand

Before there were migrations, somebody made a database with a script. It has the tables, but no history, and the first migration would fail on
them. A *baseline* takes migrations as applied, after comparing what is there with what they make:
TEXT
run 0 'sqlite3 old.db "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, colour TEXT)"'
run 5 'notes --migrate-database=sqlite:old.db --migrate-baseline=1' 'y
'
say <<'TEXT'
Two differences, and it would be a mistake to take this database for one of version 1: a later migration might count on `NOT NULL`. So
it is made what it should be, and then taken:
TEXT
run 0 'sqlite3 old.db "DROP TABLE notes; CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL)"'
run 0 'notes --migrate-database=sqlite:old.db --migrate-baseline=1' 'y
'
run 0 'notes --migrate-database=sqlite:old.db --migrate'

say <<'TEXT'
## Backups

`--migrate-backup` made one above, before a rollback. A program makes them by itself when it is told to: `BOBOLINK_BACKUP=always` before
every run, `destructive` before those that can lose data.
TEXT
run 0 'notes --migrate-backup=friday'
run 0 'notes --migrate-backups'
say <<'TEXT'
On Saturday an accident happens.
TEXT
run 0 'sqlite3 notes.db "DELETE FROM notes"'
run 0 'notes'
say <<'TEXT'
A restore never destroys the only copy: what is there now is saved first, accident and all.
TEXT
run 0 'notes --migrate-restore=friday' 'y
'
run 0 'notes --migrate-backups'
run 0 'notes | head -3'

say <<'TEXT'
## What happened here?

The log is in the database, in the order of events, decisions included. (It came back with the backup: what happened since Friday is in the log of
the copy that the restore made.)
TEXT
run 0 'notes --migrate-log'
say <<'TEXT'
And is all as this program wants it? `--migrate-verify` compares what was applied with what it carries, `--migrate-check` says
the same by its exit code alone, for scripts and probes.
TEXT
run 0 'notes --migrate-verify'
run 0 'notes --migrate-check'

say <<'TEXT'
## The same on PostgreSQL

All of it is the same there. What differs comes from the server: locks, statements that refuse transactions, and other programs for backups.

TEXT
if [ -n "${BOBOLINK_TEST_URL:-}" ]; then
	. "$source/docs/operations_postgres.sh"
fi
