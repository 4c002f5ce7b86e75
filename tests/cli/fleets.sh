# A fleet of 500 files, of which five are broken each in its own way: the others are migrated, these are named, and a
# second run touches only them. Then what may happen to a run: a signal, a process that is killed, a parent that is.
set -u
PATH=$BUILD/tests/cli/programs/sqlite:$BUILD/tests/cli/programs:$SOURCE/tests/cli/tools:$PATH
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

command -v ps >/dev/null || { echo "skipped: ps is not installed"; exit 77; }
as_nobody=
if [ "$(id -u)" = 0 ]; then
	command -v setpriv >/dev/null || { echo "skipped: root may write everything, and there is no setpriv"; exit 77; }
	as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
chmod -R u+w "$SCRATCH" 2>/dev/null
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH/work/sealed"
cd "$SCRATCH/work" || exit 1
[ -z "$as_nobody" ] || chmod 777 .
$as_nobody test -x "$(command -v store)" || { echo "skipped: nobody else may look into $BUILD"; exit 77; }

# fleet STATUS ARGUMENT...: runs the store on the list; it must end so.
fleet() {
	wanted=$1
	shift
	$as_nobody store --migrate-fleet=list "$@" >out 2>err
	code=$?
	[ $code -eq "$wanted" ] || fail "store --migrate-fleet=list $*: exit code $code and not $wanted"
}

# says FILE TEXT: the text stands in the file.
says() { grep -qF -- "$2" "$1" || fail "$1 does not say: $2"; }

children() { ps -A -o ppid= -o pid= | awk -v parent="$1" '$1 == parent { print $2 }'; }

# 500 files with the first migration; the locked one is held by a program that is ended at the end.
store-short --migrate --migrate-database=sqlite:one >/dev/null || exit 1
store sql one "INSERT INTO products (sku) VALUES ('a'), ('b')"
for i in $(seq 500); do
	cp one "$i.db"
	echo "$i.db"
done >list
printf 'a file of another program, which is long enough to have the header of a database: %080d\n' 1 2 3 >100.db
rm 200.db
cp one sealed/200.db
store-edited --migrate --migrate-database=sqlite:300.db >/dev/null || exit 1
store sql 400.db "INSERT INTO products (sku) VALUES ('a ')"
sed -i 's|^200.db|sealed/200.db|' list
[ -z "$as_nobody" ] || chown -R 65534:65534 .
chmod 555 sealed
store hold 500.db &
holder=$!
parent=
# A failure leaves nothing at work.
clean_up() {
	for process in $([ -z "$parent" ] || children $parent) $parent $holder; do
		kill -9 "$process" 2>/dev/null
	done
	chmod 755 "$SCRATCH/work/sealed"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
for i in $(seq 100); do
	[ ! -e held ] || break
	sleep 0.05
done

# An honest count of processes while they run, with a limit of open files that 100 of them do not fit under.
broken='100.db sealed/200.db 300.db 400.db 500.db'
(
	ulimit -n 60
	exec $as_nobody store --migrate-fleet=list --migrate-jobs=100
) >out 2>err &
parent=$!
most=0
while kill -0 $parent 2>/dev/null; do
	count=$(children $parent | wc -l)
	[ "$count" -le "$most" ] || most=$count
	sleep 0.02
done
wait $parent
code=$?
parent=
[ $code -eq 1 ] || fail "a fleet with five different reasons does not end with 1"
[ "$most" -gt 1 ] && [ "$most" -le 60 ] || fail "$most processes at once under a limit of 60 open files"
says out '500 databases: 495 migrated, 5 failed'
says err 'store: 5 failed:'
says err '  100.db (line 100): file is not a database'
says err '  sealed/200.db (line 200): '
says err '  300.db (line 300): migrations/0002_create_orders.sql: migration 2'
says err '  400.db (line 400): migrations/0003_unique_sku.sql:5:3: UNIQUE constraint failed'
says err '  500.db (line 500): the database was locked'
says err '1 of them had another program'"'"'s lock or no connection left'
[ "$(grep -c '^migrated ' out)" -eq 495 ] || fail "not a line for each that was migrated"
# Nobody's words stand inside another's line.
! grep -vE '^(migrated|failed) (sealed/)?[0-9]+\.db((:| after) [0-9]+ migrations? \(.*\))?$|^500 databases: ' out || fail "lines are mixed"

others() { grep -vxF "$(printf '%s\n' $broken)" list; }
[ "$(others | wc -l)" -eq 495 ] || fail "the list is not as expected"
others | while read -r file; do
	store --migrate-check --migrate-database="sqlite:$file" || exit 1
done || fail "one that was migrated is not"

# A second run reads the others, and does not touch them.
state() { others | xargs stat -c '%n %Y %Z %i'; others | xargs cksum; }
sleep 0.1
state >before
fleet 1 --migrate-jobs=8
says out '500 databases: 495 up to date, 5 failed'
[ "$(grep -c '^failed ' out)" -eq 5 ] || fail "not a line for each that failed"
state >after
cmp before after || fail "the second run touched a database that was up to date"

# Each is mended, and the third run does these.
kill $holder
wait $holder 2>/dev/null
chmod 755 sealed
cp one 100.db
cp one 300.db
[ -z "$as_nobody" ] || chown 65534:65534 100.db 300.db
store sql 400.db "DELETE FROM products WHERE sku = 'a '"
$as_nobody store --migrate-retry --migrate-database=sqlite:400.db >out || fail "the retry failed"
fleet 0 --migrate-jobs=1
says out '500 databases: 4 migrated, 496 up to date'
state >after
cmp before after || fail "the third run touched a database that was up to date"
fleet 0 --migrate-check
[ ! -s out ] && [ ! -s err ] || fail "a check is not silent"

# What is up to date by its history is looked at as well, whatever a start of the program would put up with.
store sql 7.db "DROP INDEX orders_by_product"
export BOBOLINK_ON_FAILURE=continue
fleet 5
unset BOBOLINK_ON_FAILURE
says out '500 databases: 499 up to date, 1 failed'
grep -q '7\.db.*orders_by_product is missing' out err || fail "the index is not named"
store sql 7.db "CREATE INDEX orders_by_product ON orders (product_id)"
fleet 0

# Three that take long: what happens to one, to the parent, and on a signal.
store-slow --migrate-to=1 --migrate-database=sqlite:slow >/dev/null || exit 1
store sql slow "UPDATE pace SET loops = 300000"
begin_slow() { # NAME LOOPS: three of them, two at a time
	for i in 1 2 3; do
		cp slow "$1$i.db"
		store sql "$1$i.db" "UPDATE pace SET loops = $2"
		echo "$1$i.db"
	done >list
	env --default-signal=INT store-slow --migrate-fleet=list --migrate-jobs=2 >out 2>err &
	parent=$!
	for i in $(seq 200); do
		[ ! -e "${1}1.db-journal" ] || [ ! -e "${1}2.db-journal" ] || return 0
		sleep 0.02
	done
	fail "nobody is at work"
}
# finish_slow APPLIED: the next run brings all three to the end.
finish_slow() {
	while read -r file; do
		store sql "$file" "UPDATE pace SET loops = 1"
	done <list
	store-slow --migrate-fleet=list >out 2>err || fail "the next run did not go on"
	says out "3 databases: $1"
	while read -r file; do
		[ "$(store sql "$file" 'SELECT count(*) FROM done')" = 1 ] || fail "$file was not migrated once"
	done <list
}

begin_slow killed 50000
victim=$(children $parent | head -n 1)
kill -9 "$victim"
wait $parent
code=$?
parent=
[ $code -eq 137 ] || fail "a process that was killed is not the exit code"
says out '3 databases: 2 migrated, 1 failed'
says err 'its process was ended by signal 9'
finish_slow '1 migrated, 2 up to date'

for signal in TERM:143 INT:130; do
	wanted=${signal#*:} signal=${signal%:*}
	begin_slow "on$signal" 300000
	kill -$signal $parent
	wait $parent
	code=$?
	parent=
	[ $code -eq "$wanted" ] || fail "$signal: exit code $code"
	says out '3 databases: 2 stopped, 1 not begun'
	[ ! -s err ] || fail "a stop is no failure"
	finish_slow '3 migrated'
done

# Whom the first signal does not end, the second does: one statement takes longer than this test.
begin_slow twice 2000000000
kill -TERM $parent
sleep 0.3
kill -TERM $parent
wait $parent
code=$?
parent=
[ $code -eq 143 ] || fail "the second signal does not end it"
says out '3 databases: 2 stopped, 1 not begun'
finish_slow '3 migrated'

# The processes of a parent that was killed stop by themselves, long before the twenty statements are done.
begin_slow orphan 1000000
orphans=$(children $parent)
[ "$(echo "$orphans" | wc -l)" -eq 2 ] || fail "not two at a time"
kill -9 $parent
wait $parent 2>/dev/null
parent=
for i in $(seq 150); do
	alive=
	for orphan in $orphans; do
		! kill -0 "$orphan" 2>/dev/null || alive=1
	done
	[ -n "$alive" ] || break
	sleep 0.02
done
[ -z "$alive" ] || fail "processes outlive their parent"
finish_slow '3 migrated'
