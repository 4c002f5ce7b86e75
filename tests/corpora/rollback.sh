# rollback.sh CORPUS DATABASE SERVER_RUN BOBOLINK TOOL [FLAG]: one chain up, down by batches, and up again.
#
# Migrations whose downs restore what was there, that is all that findings/ does not list, are undone and applied again
# batch by batch, and the inventories must be those of before. Then everything is undone, and applied once more. A
# migration that has no down, or whose down or second up the database refuses, is taken as done by hand. The
# database's own shell does the same with the bare files: what it leaves is what must be left, so that no difference
# is bobolink's. rollback/CORPUS lists those migrations, and what differs afterwards from an empty database and from the
# one of the first time. UPDATE_GOLDEN=1 writes the list anew and keeps its comments; look at each difference.
set -eu

fail() {
	echo "FAILED: $corpus: $*" >&2
	exit 1
}

. "$SOURCE/tests/corpora/chain.sh"

# --- the two kinds of databases: made, copied, fed with one file in one transaction ----------

url_of() {
	case $database in
	sqlite) echo "$1.db" ;;
	postgresql) echo "$BOBOLINK_TEST_URL" | sed "s#/postgres?#/$1?#" ;;
	esac
}

new() {
	case $database in
	sqlite) sqlite3 "$1.db" 'SELECT 1' >/dev/null ;;
	postgresql) psql -qX -d "$BOBOLINK_TEST_URL" -c "CREATE DATABASE $1" ;;
	esac
}

copy() {
	case $database in
	sqlite) cp "$1.db" "$2.db" ;;
	postgresql) psql -qX -d "$BOBOLINK_TEST_URL" -c "CREATE DATABASE $2 TEMPLATE $1" ;;
	esac
}

# A file that has a transaction of its own is taken as it is. The shell lacks the function of one application.
feed_sqlite() {
	{
		if grep -Eqi '^[[:space:]]*BEGIN([[:space:]]+TRANSACTION)?[[:space:]]*;' "$2"; then
			cat "$2"
		else
			echo 'BEGIN;'
			cat "$2"
			printf '\n;COMMIT;\n'
		fi
	} >script
	if [ "$corpus" = pocket-id ]; then
		"$tool" feed "$1.db" script >log 2>&1
	else
		sqlite3 -bail -batch "$1.db" <script >log 2>&1
	fi
}

# What refuses a transaction runs without one.
feed_postgresql() {
	psql -qX -v ON_ERROR_STOP=1 -d "$(url_of "$1")" -1 -f "$2" >log 2>&1 </dev/null && return 0
	grep -Eq 'inside a transaction block|unsafe use of new value' log &&
		psql -qX -v ON_ERROR_STOP=1 -d "$(url_of "$1")" -f "$2" >log 2>&1 </dev/null
}

# feed_all UP-OR-DOWN LIST: the files of the list, "VERSION FILE" a line; says which are refused or missing.
feed_all() {
	while read -r version file; do
		if [ ! -f "$file" ]; then
			echo "$1 $version"
		elif ! "feed_$database" fed "$file"; then
			echo "$1 $version"
			sed "s#^#$file: #" log >&2
		fi
	done <"$2"
}

# --- the walk --------------------------------------------------------------------------------

# A database of another version says it in other words.
without_reasons() {
	sed -E '/^#/d; s/^([a-z]+-[a-z]+ [0-9]+): .*/\1/'
}

same() {
	diff "$1" "$2" || fail "$3"
}

walk() {
	new empty
	new applied
	new fed
	grep -v '^#' "$findings" >faults || true
	./program prove "$(url_of applied)" faults || fail "it does not go down and up again"
	copy applied first
	in_order >ups
	sort -rn ups | sed -E 's/up\.sql$/down.sql/' >downs
	feed_all up ups 2>fed.log >bare
	[ ! -s bare ] || { cat fed.log >&2; fail "the shell refuses an up"; }

	./program down "$(url_of applied)" >found || fail "it does not go down"
	feed_all down downs >bare 2>bare.log
	./program compare "$(url_of fed)" "$(url_of applied)" ||
		fail "all down: the schema differs from that of the bare files"
	./program compare "$(url_of empty)" "$(url_of applied)" >left || true

	./program up "$(url_of applied)" >>found || fail "it does not go up again"
	feed_all up ups >>bare 2>>bare.log
	./program compare "$(url_of fed)" "$(url_of applied)" ||
		fail "up again: the schema differs from that of the bare files"
	./program compare "$(url_of first)" "$(url_of applied)" >again || true

	# A file that bobolink did not understand is missing to it.
	sed -nE 's/^([a-z]+)-(missing|refused) ([0-9]+): .*/\1 \3/p' found >by_hand
	same bare by_hand "the shell refuses other files than bobolink"
	{
		cat found
		sed 's/^left/still there:/' left
		sed 's/^/up again: /' again
	} >lines
	if [ -n "${UPDATE_GOLDEN:-}" ]; then
		grep '^#' "$list" >comments 2>/dev/null || true
		cat comments lines >"$list"
	fi
	without_reasons <"$list" >expected
	without_reasons <lines >found
	same expected found "other faults than expected"
	echo "sweep: $corpus, $database: $(wc -l <ups) migrations up, down and up; by hand: $(grep -c '^[a-z]*-' found || true)"
}

if [ "$1" = inside ]; then
	corpus=$2 database=$3 findings=$4 list=$5
	walk
	exit 0
fi

corpus=$1 database=$2 server_run=$3 bobolink=$4 tool=$5 sanitizers=${6:-}
small='diesel lnd svix-webhooks quickwit'
[ -n "${BOBOLINK_CORPORA:-}" ] || { echo "skipped: BOBOLINK_CORPORA is not set" && exit 77; }
case " $small " in
*" $corpus "*) ;;
*) [ -n "${BOBOLINK_TEST_ALL:-}" ] || { echo "skipped: only with BOBOLINK_TEST_ALL" && exit 77; } ;;
esac
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH/generated"
cd "$SCRATCH"
copy_chain "$corpus" "$database"
here=$SOURCE/tests/corpora
list=$here/rollback/$corpus findings=$here/findings/$corpus

case $database in
sqlite) kind=sqlite library=sqlite3 flags=-lsqlite3 shell=sqlite3 ;;
postgresql)
	kind=postgres library=postgres flags="-I$(pg_config --includedir) -lpq" shell=psql
	list=$here/rollback/postgresql-$corpus findings=$here/findings/postgresql-$corpus
	;;
esac
command -v $shell >/dev/null || { echo "skipped: $shell is not installed" && exit 77; }
unset BOBOLINK_SHADOW_URL
"$bobolink" lock migrations --database $kind >log 2>&1 || { cat log >&2; fail "it cannot be locked"; }
set --
[ "$corpus/$database" != pocket-id/sqlite ] || set -- --shadow-function normalize/2
"$bobolink" compile migrations --database $kind --locked --name corpus --output generated "$@" >log 2>&1 ||
	{ grep 'error:' log >&2; fail "it does not compile"; }

# shellcheck disable=SC2086
"${CC:-cc}" $sanitizers -I generated -I "$here" -I "$SOURCE/runtime/include" -o program \
	"$here/rollback.c" "$here/corpus_$kind.c" generated/corpus_migrations.c \
	"$BUILD/runtime/libbobolink-schema.a" "$BUILD/runtime/libbobolink-$library.a" \
	"$BUILD/runtime/libbobolink-operate.a" "$BUILD/runtime/libbobolink-core.a" $flags || fail "the program does not compile"
case $database in
sqlite) walk ;;
postgresql) exec "$server_run" sh "$here/rollback.sh" inside "$corpus" "$database" "$findings" "$list" ;;
esac
