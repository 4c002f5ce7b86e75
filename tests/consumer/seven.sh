# seven.sh sqlite|postgres [SERVER-RUN]: seven fixes of the kinds that systems with a past live on, three starts in a row: of a
# database that has all their problems, and of a new one. One of them cannot work; it is mended in the end.
[ $# -lt 2 ] || [ -n "${BOBOLINK_TEST_URL:-}" ] || exec "$2" sh "$0" "$@"
. "$SOURCE/tests/consumer/lib.sh"
database=$1
set=$fixtures/seven/$database
unset BOBOLINK_SHADOW_URL
truth=INTEGER yes=1 no=0
if [ $database = sqlite ]; then
	skip_without sqlite3
else
	skip_without psql
	truth=BOOLEAN yes=TRUE no=FALSE
	psql -X -q -d "$BOBOLINK_TEST_URL" -c "CREATE ROLE reader LOGIN" || fail "CREATE ROLE"
fi

# sql TEXT: asks the database at hand, as its own program does.
sql() {
	if [ $database = sqlite ]; then
		sqlite3 $name.db "$1"
	else
		psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$url" -c "$1"
	fi
}

# database NAME: the one that the program and sql() use from now on; it is empty.
database() {
	name=$1
	if [ $database = sqlite ]; then
		url=sqlite:$name.db
	else
		psql -X -q -d "$BOBOLINK_TEST_URL" -c "CREATE DATABASE $name" || fail "CREATE DATABASE"
		url=$(printf '%s' "$BOBOLINK_TEST_URL" | sed "s|///postgres?|///$name?|")
	fi
	export DATABASE_URL="$url"
}

# start: the program starts, and migrates; it lists its tables.
start() {
	actual=$(./build/app "${url#sqlite:}" 2>log) || fail "the program does not start"
	[ "$actual" = "$tables" ] || fail "the tables are $actual"
}

# start_as ROLE: likewise, with the rights of a role that may read.
start_as() {
	psql -X -q -d "$url" -v ON_ERROR_STOP=1 -c "GRANT SELECT ON ALL TABLES IN SCHEMA public TO $1"
	actual=$(./build/app "$(printf '%s' "$url" | sed "s|user=[^&]*|user=$1|")" 2>log) ||
		fail "the program does not start as $1"
	[ "$actual" = "$tables" ] || fail "the tables are $actual"
}

# states WHAT <<EOF: what the history holds of the fixes.
states() {
	cat >expected
	sql "SELECT version, name, status, attempts, coalesce(rows_changed, 0), coalesce(message, '') FROM bobolink_history
		WHERE kind = 'fix' ORDER BY version" >actual
	diff -u expected actual || fail "$1: the states of the fixes are others"
}

archived() { sql "SELECT version, executed_at, batch FROM bobolink_history WHERE kind = 'fix' AND version < 7 ORDER BY version"; }

# The program before: without the last migration, and without fixes.
new_project
rm app/migrations/*
cp "$set"/000[1-4]*.sql app/migrations
if [ $database = postgres ]; then
	cp "$fixtures/app_server.c" app/app.c
	sed -i 's/DATABASE sqlite/DATABASE postgres/' app/CMakeLists.txt
fi
configure -DCMAKE_PREFIX_PATH="$packages/static" -DAPP_OPTIONS='SHADOW;ON' || fail "configure"
must_build "the program before"
database old
tables='customers order_events order_positions orders settings'
start

# What came of it over the years.
sql "CREATE TABLE legacy_orders (nr TEXT)"
sql "CREATE TABLE legacy_customers (nr TEXT)"
sql "INSERT INTO customers (id, name, email) VALUES (1, 'Ada', 'ada@example.com'), (2, 'Ada again', 'Ada@example.com'), (3, 'Grace', 'Grace@example.com')"
sql "INSERT INTO orders (id, customer_id, total_cents) VALUES (7, 1, 50), (1042, 1, 900)"
sql "INSERT INTO order_positions (order_id, position, item, cents) VALUES (7, 4, 'lid', 50), (1042, 1, 'cup', 100), (1042, 3, 'tea', 400), (1042, 4, 'tea', 400)"
sql "INSERT INTO order_events (order_id, event) VALUES (7, 'paid'), (8, 'paid'), (9, 'shipped')"
sql "CREATE TABLE newsletter_readers (email TEXT)"
sql "CREATE TABLE newsletter_mails (id BIGINT, sent $truth)"
sql "INSERT INTO settings (name, value) VALUES ('newsletter.hour', '6')"
sql "DELETE FROM settings WHERE name = 'vat_percent'"

# The build tries each fix on the problem that it was given; one has none.
cp "$set"/0005*.sql app/migrations
mkdir app/migrations/fixes
cp "$set"/fixes/*.sql app/migrations/fixes
must_build "the program with fixes"
[ "$(grep -c 'fix-unproven' log)" -eq 1 ] || fail "not one fix is unproven"
log_has '/fixes/0007_fold_emails.sql:[0-9]*:1: note: .*fix-unproven'

tables='customers order_events order_positions orders roles settings'
for attempt in 1 2 3; do
	start
	log_has 'F0007.* failed'
	states "start $attempt" <<EOF
1|drop_legacy_tables|applied|1|0|legacy tables dropped
2|clean_events|applied|1|2|events without an order removed, kept: 1
3|repair_order_1042|applied|1|4|
4|drop_newsletter|applied|1|1|newsletter removed
5|seed_roles|applied|1|2|roles made
6|add_vat|applied|1|1|vat_percent is 19
7|fold_emails|failed|$attempt|0|
EOF
	[ $attempt -ne 1 ] || archived >first
	archived | cmp first - || fail "start $attempt: a fix that was done is looked at again"
	# A program whose role may only read starts all the same, whatever its environment is called.
	[ $database = sqlite ] || BOBOLINK_ENV=$attempt start_as reader
done
sql "SELECT error_message FROM bobolink_history WHERE kind = 'fix' AND version = 7" >log
log_has 'customers.*email'
[ "$(sql "SELECT total_cents FROM orders WHERE id = 1042")" = 500 ] || fail "the order is not repaired"
[ "$(sql "SELECT count(*) FROM orders WHERE id = 7 AND total_cents = 50")" = 1 ] || fail "another order is repaired"
[ "$(sql "SELECT count(*) FROM customers WHERE email = 'grace@example.com'")" = 0 ] || fail "what failed has left something"

# ends CODE FLAG…: what a flag says is in ./log.
ends() {
	expected=$1
	code=0
	shift
	./build/app "$@" >log 2>&1 || code=$?
	[ $code -eq $expected ] || fail "$* ends with $code, not $expected"
}

# counts APPLIED FAILED: the fixes by state, for people and for programs.
counts() {
	log_has "^7 fixes: .*$1 applied"
	! has jq || {
		ends $2 --migrate-fixes --migrate-json
		jq -r '.fixes | map(.state) | group_by(.)[] | "\(length) \(.[0])"' log >states
		grep -qx "$1 applied" states || fail "the JSON does not tell of $1 applied fixes"
	}
}
ends 1 --migrate-fixes
log_has '^F0007  fold_emails  *failed  *3 of 3  .*customers.*email'
log_has '^F0002  clean_events  *applied  .*  2 rows: events without an order removed, kept: 1$'
log_has '^  *Events of orders that were deleted by hand.$'
counts 6 1
ends 0 --migrate-check

# Three attempts were allowed: the fourth start leaves it alone.
start
! grep -q F0007 log || fail "a fix that has used up its attempts runs again"

# Its text is mended: it counts anew, and the others stay as they are.
sed -i 's/^-- fix:execute.*/&\
UPDATE customers SET email = NULL\
WHERE email <> lower(email) AND EXISTS (SELECT 1 FROM customers AS other WHERE other.email = lower(customers.email));/' \
	app/migrations/fixes/0007_fold_emails.sql
must_build "mended"
start
states "mended" <<'EOF'
1|drop_legacy_tables|applied|1|0|legacy tables dropped
2|clean_events|applied|1|2|events without an order removed, kept: 1
3|repair_order_1042|applied|1|4|
4|drop_newsletter|applied|1|1|newsletter removed
5|seed_roles|applied|1|2|roles made
6|add_vat|applied|1|1|vat_percent is 19
7|fold_emails|applied|1|2|addresses folded
EOF
archived | cmp first - || fail "mended: a fix that was done is looked at again"
sql "SELECT id, coalesce(email, '') FROM customers ORDER BY id" | tr '\n' ' ' >log
log_has '^1|ada@example.com 2| 3|grace@example.com $'
sql "SELECT event, count(*) FROM bobolink_log WHERE kind = 'fix' AND event IN ('applied', 'failed', 'skipped') GROUP BY event ORDER BY event" |
	tr '\n' ' ' >log
log_has '^applied|7 failed|3 $'

ends 0 --migrate-fixes
counts 7 0

# By hand one is taken back, stays so, and is wanted again.
ends 2 --migrate-undo=F0006
ends 8 --migrate-undo=F0006 --migrate-yes
ends 0 --migrate-undo=F0006 --migrate-yes --migrate-force
start
ends 0 --migrate-fixes
log_has '^F0006  add_vat  *undone'
[ "$(sql "SELECT count(*) FROM settings WHERE name = 'vat_percent'")" = 0 ] || fail "the fix is not undone"
ends 0 --migrate-retry=F0006 --migrate-yes
log_has 'vat_percent is 19'
[ "$(sql "SELECT count(*) FROM settings WHERE name = 'vat_percent'")" = 1 ] || fail "the fix is not done again"

# A database without a past has nothing to mend; what every database needs, it gets.
database fresh
for attempt in 1 2 3; do
	start
	states "a new database, start $attempt" <<'EOF'
1|drop_legacy_tables|skipped|1|0|
2|clean_events|skipped|1|0|
3|repair_order_1042|skipped|1|0|
4|drop_newsletter|skipped|1|0|
5|seed_roles|applied|1|2|roles made
6|add_vat|skipped|1|0|
7|fold_emails|skipped|1|0|
EOF
	[ $attempt -ne 1 ] || archived >first
	archived | cmp first - || fail "a new database, start $attempt: a fix is looked at again"
done

# One guard that is not true is enough, and fixes may be left alone altogether.
database unsent
BOBOLINK_FIXES=off start
states "fixes are off" <<'EOF'
1|drop_legacy_tables|pending|0|0|
2|clean_events|pending|0|0|
3|repair_order_1042|pending|0|0|
4|drop_newsletter|pending|0|0|
5|seed_roles|pending|0|0|
6|add_vat|pending|0|0|
7|fold_emails|pending|0|0|
EOF
sql "CREATE TABLE newsletter_readers (email TEXT)"
sql "CREATE TABLE newsletter_mails (id BIGINT, sent $truth)"
sql "INSERT INTO newsletter_mails (id, sent) VALUES (1, $yes), (2, $no)"
tables='customers newsletter_mails newsletter_readers order_events order_positions orders roles settings'
start
states "a mail is not sent" <<'EOF'
1|drop_legacy_tables|skipped|1|0|
2|clean_events|skipped|1|0|
3|repair_order_1042|skipped|1|0|
4|drop_newsletter|skipped|1|0|
5|seed_roles|applied|1|2|roles made
6|add_vat|skipped|1|0|
7|fold_emails|skipped|1|0|
EOF
