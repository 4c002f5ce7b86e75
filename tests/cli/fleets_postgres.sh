# A fleet of databases of PostgreSQL, of which five are broken each in its own way, on a private server: run by
# server-run, which is the first argument. Making a database takes long: 20 of them, and 100 with BOBOLINK_TEST_ALL=1.
set -u
[ -n "${BOBOLINK_TEST_URL:-}" ] || exec "$1" sh "$0" "$@"
PATH=$BUILD/tests/cli/programs/postgres:$PATH
LC_ALL=C
export PATH LC_ALL
unset DATABASE_URL SHOP_DATABASE_URL BOBOLINK_BACKUP BOBOLINK_ON_FAILURE

fail() {
	printf '%s\n' "$*" >&2
	for file in out err; do
		[ ! -s $file ] || { echo "--- $file"; tail -n 20 $file; } >&2
	done
	exit 1
}

count=${BOBOLINK_TEST_ALL:+100}
count=${count:-20}
well=$((count - 5))

rm -rf "$SCRATCH"
mkdir -p "$SCRATCH/work"
cd "$SCRATCH/work" || exit 1

url_of() { printf '%s' "$BOBOLINK_TEST_URL" | sed "s|///postgres?|///$1?|"; }
sql() { # DATABASE SQL
	store sql "$(url_of "$1")" "$2" || fail "$1: $2"
}
# says FILE TEXT: the text stands in the file.
says() { grep -qF -- "$2" "$1" || fail "$1 does not say: $2"; }
# fleet STATUS ARGUMENT...
fleet() {
	wanted=$1
	shift
	store --migrate-fleet=list "$@" >out 2>err
	code=$?
	[ $code -eq "$wanted" ] || fail "store --migrate-fleet=list $*: exit code $code and not $wanted"
}

# Databases with the first migration, made from one; the last does not exist. Their role has few connections.
sql postgres 'CREATE ROLE tenant LOGIN CONNECTION LIMIT 10'
sql postgres 'CREATE DATABASE one OWNER tenant'
store-short --migrate --migrate-database="$(url_of one)&user=tenant" >/dev/null || exit 1
for i in $(seq $((count - 1))); do
	sql postgres "CREATE DATABASE t$i TEMPLATE one OWNER tenant"
done
for i in $(seq $count); do
	echo "$(url_of "t$i")&user=tenant&password=S3cret"
done >list
sql t2 'CREATE TABLE orders (id INTEGER)'
for table in head history log; do
	sql t4 "UPDATE bobolink_$table SET set_name = 'office'"
done
sql t6 'CREATE ROLE visitor LOGIN'
sed -i '6s/user=tenant/user=visitor/' list
store hold "$(url_of t8)" &
holder=$!
parent=
trap 'kill $holder $parent 2>/dev/null' EXIT
trap 'exit 130' INT TERM
for i in $(seq 100); do
	[ ! -e held ] || break
	sleep 0.05
done

# Nothing is free for a moment: that is no reason to look for a mistake.
sql postgres 'ALTER ROLE tenant CONNECTION LIMIT 0'
head -n 5 list | tail -n 1 >few
store --migrate-fleet=few >out 2>err
[ $? -eq 3 ] || fail "no connection left is not exit code 3"
says err 'too many connections for role'
says err "1 of them had another program's lock or no connection left"
sql postgres 'ALTER ROLE tenant CONNECTION LIMIT 10'

# More than there are connections wait for each other.
export SHOP_PATIENCE=$((150 * count))
fleet 1 --migrate-jobs=100
says out "$count databases: $well migrated, 5 failed"
[ "$(grep -c '^migrated ' out)" -eq $well ] || fail "not a line for each that was migrated"
# line_of NUMBER TEXT: why the database of that line failed.
line_of() { grep -F "(line $1): " err | grep -qF -- "$2" || fail "line $1 does not say: $2"; }
line_of 2 'relation "orders" already exists'
line_of 4 'office'
line_of 6 'permission denied'
line_of 8 'lock timeout'
line_of $count "database \"t$count\" does not exist"
says err "1 of them had another program's lock or no connection left"
says err '--migrate-database=...'
! cat out err | grep S3cret || fail "a password is printed"

# What a run would leave behind, in each of those that were migrated.
state() {
	for i in $(seq $((count - 1))); do
		case $i in
		2 | 4 | 6 | 8) ;;
		*) sql "t$i" "SELECT $i, (SELECT count(*) FROM bobolink_log), h.xmin, h.revision, h.version FROM bobolink_head h" ;;
		esac
	done
}
state >before
[ "$(grep -c '|4$' before)" -eq $well ] || fail "not all of them are at version 4"

export SHOP_PATIENCE=200
fleet 1 --migrate-jobs=8
says out "$count databases: $well up to date, 5 failed"
state >after
cmp before after || fail "the second run touched a database that was up to date"

# It asks those two queries each, one more than a check, which reads the head alone: the other compares the fingerprint.
transactions() { # those of t1, once nobody is connected to it
	while [ "$(sql postgres "SELECT count(*) FROM pg_stat_activity WHERE datname = 't1'")" != 0 ]; do
		sleep 0.02
	done
	sql postgres "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 't1'"
}
head -n 1 list >few
start=$(transactions)
store --migrate-check --migrate-database="$(cat few)" || fail "t1 is not up to date"
checked=$(transactions)
store --migrate-fleet=few >out 2>err || fail "t1 is not up to date"
[ "$(transactions)" -eq $((2 * checked - start + 1)) ] || fail "more than two queries"
[ "$checked" -gt "$start" ] || fail "nothing was counted"

# Each is mended, and the third run does these; the refused one is decided about by itself.
kill $holder
wait $holder 2>/dev/null
sql t2 'DROP TABLE orders'
store --migrate-retry --migrate-database="$(url_of t2)&user=tenant" >out 2>err || fail "the retry failed"
for table in head history log; do
	sql t4 "UPDATE bobolink_$table SET set_name = 'shop'"
done
sed -i '6s/user=visitor/user=tenant/' list
sql postgres "CREATE DATABASE t$count TEMPLATE one OWNER tenant"
fleet 0 --migrate-jobs=1
says out "$count databases: 4 migrated, $((count - 4)) up to date"
state >after
cmp before after || fail "the third run touched a database that was up to date"
store --migrate-fleet=list --migrate-status --migrate-json >out 2>err || fail "the status failed"
[ "$(grep -c '"verdict":"ok"' out)" -eq $count ] || fail "the status is not that of all"
! grep S3cret out || fail "a password is printed"

# A statement that sleeps in the server is cancelled, and its transaction with it.
sql postgres 'CREATE DATABASE slow OWNER tenant'
store-slow --migrate-to=1 --migrate-database="$(url_of slow)" >/dev/null || exit 1
sql slow 'UPDATE pace SET seconds = 60'
url_of slow >list
store-slow --migrate-fleet=list >out 2>err &
parent=$!
url=$(url_of slow) sh "$SOURCE/tests/cli/tools/at_work" || fail "nobody is at work"
kill -TERM $parent
wait $parent
code=$?
parent=
[ $code -eq 143 ] || fail "a signal is not the exit code"
says out '1 database: 1 stopped'
[ "$(sql slow 'SELECT count(*) FROM done')" = 0 ] || fail "what was stopped is not undone"
