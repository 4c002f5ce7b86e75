# older.sh sqlite|postgres [SERVER-RUN]: a newer program has migrated a database. The older one refuses it, steps it back with
# the downs that the newer one left there, and runs; then the newer one goes on.
database=$1
[ "$database" = sqlite ] || [ -n "${BOBOLINK_TEST_URL:-}" ] || exec "$2" sh "$0" "$@"
. "$SOURCE/tests/consumer/lib.sh"
unset BOBOLINK_SHADOW_URL

# ends STATUS COMMAND…: it ends so; what it prints is in ./log.
ends() {
	expected=$1 status=0
	shift
	"$@" >log 2>&1 || status=$?
	[ "$status" -eq "$expected" ] || fail "$* ends with $status, not $expected"
}

# query SQL: what a database answers to somebody else.
case $database in
sqlite)
	skip_without sqlite3
	place=app.db url=sqlite:app.db
	query() { sqlite3 app.db "$1"; }
	;;
postgres)
	skip_without psql
	place=$BOBOLINK_TEST_URL url=$BOBOLINK_TEST_URL
	query() { psql -qXAt -d "$place" -c "$1"; }
	;;
esac
has_table() { query "SELECT count(*) FROM $1" >/dev/null 2>&1; }
has_column() { query "SELECT $2 FROM $1" >/dev/null 2>&1; }

new_project
cp "$fixtures/older.c" app/app.c
sed -i "s/DATABASE sqlite/DATABASE $database/" app/CMakeLists.txt
[ "$database" = sqlite ] || echo 'target_compile_definitions(app PRIVATE ON_POSTGRES)' >>app/CMakeLists.txt
cat >app/migrations/0002_create_orders.sql <<'SQL'
-- migrate:up
CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER NOT NULL);
INSERT INTO orders VALUES (1, 100), (2, 250);
-- migrate:down
DROP TABLE orders;
SQL
configure -DCMAKE_PREFIX_PATH="$packages/static" || fail "configure"
must_build "version 1"
cp build/app version-1

cat >app/migrations/0003_note_orders.sql <<'SQL'
-- migrate:up
ALTER TABLE orders ADD COLUMN note TEXT;
-- migrate:down
ALTER TABLE orders DROP COLUMN note;
SQL
case $database in
sqlite)
	cat >app/migrations/0004_tidy.sql <<'SQL'
-- migrate:up
CREATE TABLE events (id INTEGER PRIMARY KEY);
-- migrate:down transaction:off
VACUUM;
DROP TABLE events;
SQL
	;;
postgres)
	cat >app/migrations/0004_tidy.sql <<'SQL'
-- migrate:up
CREATE TABLE events (id INTEGER PRIMARY KEY);
CREATE INDEX events_again ON events (id);
-- migrate:down transaction:off
DROP INDEX CONCURRENTLY events_again;
DROP TABLE events;
SQL
	;;
esac
must_build "version 2"
cp build/app version-2

# Version 2 comes after version 1, and is taken back.
ends 0 ./version-1 "$place"
ends 0 ./version-2 "$place"
has_table events || fail "version 2 does not migrate"

refused() {
	ends 7 ./version-1 "$place"
	log_has 'migration 4 (tidy) and is newer than this program, which ends at 2'
	log_has 'step back with --migrate-to=2'
	has_table events && has_column orders note || fail "the refusal changes the database"
	ends 7 ./version-1 --migrate --migrate-database="$url"
	ends 0 ./version-1 --migrate-status --migrate-database="$url"
	log_has '3  note_orders '
	log_has '4  tidy '
}

stepped_back() {
	! has_table events || fail "the table events is still there"
	! has_column orders note || fail "the column note is still there"
	ends 0 ./version-1 "$place"
	log_has '^running$'
	[ "$(query 'SELECT sum(total) FROM orders')" = 350 ] || fail "orders are lost"
}

refused
query "UPDATE orders SET note = 'urgent' WHERE id = 2"
ends 8 ./version-1 --migrate-to=2 --migrate-yes --migrate-database="$url"
log_has 'column orders.note'
refused
ends 0 ./version-1 --migrate-to=2 --migrate-yes --migrate-force --migrate-database="$url"
log_has '^rolled back 4 tidy '
log_has '^rolled back 3 note_orders '
stepped_back

# What was taken back on purpose does not come back by itself.
ends 4 ./version-2 "$place"
log_has 'was rolled back and did not change since: apply it with --migrate'
! has_table events || fail "the start of version 2 applies what was rolled back"
ends 0 ./version-2 --migrate --migrate-database="$url"
has_table events || fail "--migrate does not apply what was rolled back"
ends 0 ./version-2 "$place"

# Version 1 undoes what the last run of version 2 applied.
refused
ends 0 ./version-1 --migrate-rollback --migrate-yes --migrate-database="$url"
stepped_back
ends 0 ./version-1 --migrate-verify --migrate-database="$url"
[ "$(query "SELECT count(*) FROM bobolink_log WHERE event = 'rolled_back'")" = 4 ] ||
	fail "the log does not tell of four rollbacks"
