# drift.sh CORPUS DATABASE SERVER_RUN BOBOLINK TOOL [FLAG]: no drift where nobody touched anything.
#
# The chain is applied by the runtime, with a look after every version, and by the database's own shell from the bare files,
# which is then taken as a baseline. Without BOBOLINK_TEST_ALL a few versions, and on PostgreSQL a few chains, stand for all.
#
# BOBOLINK_POSTGRES_BINARIES, a colon list of folders with initdb and postgres, does it on each of these servers, and
# BOBOLINK_SQLITE_SOURCES, a colon list of folders with sqlite3.c, with each of these libraries.
set -eu

fail() {
	echo "FAILED: $corpus: $*" >&2
	exit 1
}

. "$SOURCE/tests/corpora/chain.sh"

feed_sqlite() {
	if [ "$corpus" = pocket-id ] || [ "$corpus" = screenpipe ]; then
		"$tool" feed "$1" "$2"
	else
		sqlite3 -bail -batch "$1" <"$2"
	fi >log 2>&1 || { cat log >&2; fail "the shell refuses $2"; }
}

feed_postgresql() {
	psql -qX -v ON_ERROR_STOP=1 -d "$1" -1 -f "$2" >log 2>&1 </dev/null ||
		psql -qX -v ON_ERROR_STOP=1 -d "$1" -f "$2" >log 2>&1 </dev/null ||
		{ cat log >&2; fail "psql refuses $2"; }
}

# look PROGRAM APPLIED FED: two empty databases. 78: too old.
look() {
	rc=0
	"$1" apply "$2" "$stride" || rc=$?
	# normalize() stands in a DO block, where the compiler does not look.
	[ "$rc $corpus $database" != "4 pocket-id postgresql" ] ||
		[ "$(psql -AtqX -d "$BOBOLINK_TEST_URL" -c 'SHOW server_version_num')" -ge 130000 ] || rc=3
	# A library or server that does not know a statement; the usual one knows all.
	[ $rc -ne 3 ] || [ "$usual" ] || exit 78
	[ $rc -eq 0 ] || fail "drift after the runtime applied it ($1)"
	in_order | cut -d' ' -f2- >files
	while read -r file; do
		"feed_$database" "$3" "$file"
	done <files
	"$1" baseline "$3" || fail "drift after the shell applied it ($1)"
}

look_at_server() {
	psql -qX -d "$BOBOLINK_TEST_URL" -c 'CREATE DATABASE applied' -c 'CREATE DATABASE fed'
	look ./program "$(echo "$BOBOLINK_TEST_URL" | sed "s#/postgres?#/applied?#")" \
		"$(echo "$BOBOLINK_TEST_URL" | sed "s#/postgres?#/fed?#")"
}

# build PROGRAM PART…: the backend and its library.
build() {
	program=$1
	shift
	# shellcheck disable=SC2086
	"${CC:-cc}" $sanitizers -I generated -I "$here" -I "$SOURCE/runtime/include" $include -o "$program" \
		"$here/drift.c" "$here/corpus_$kind.c" generated/corpus_migrations.c \
		"$BUILD/runtime/libbobolink-schema.a" "$@" "$BUILD/runtime/libbobolink-operate.a" \
		"$BUILD/runtime/libbobolink-core.a" $flags ||
		fail "$program does not compile"
}

# compile_library FOLDER: once, whoever else does it now.
compile_library() {
	[ ! -f "$1/sqlite3.o" ] || return 0
	"${CC:-cc}" -O1 -w -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_ENABLE_FTS5 \
		-DSQLITE_ENABLE_JSON1 -DSQLITE_ENABLE_RTREE -c -o "$1/sqlite3.$$" "$1/sqlite3.c" &&
		mv "$1/sqlite3.$$" "$1/sqlite3.o" || fail "$1 does not compile"
}

if [ "$1" = inside ]; then
	corpus=$2 database=$3 stride=$4 usual=$5
	look_at_server
	exit 0
fi

corpus=$1 database=$2 server_run=$3 bobolink=$4 tool=$5 sanitizers=${6:-}
here=$SOURCE/tests/corpora
[ -n "${BOBOLINK_CORPORA:-}" ] || { echo "skipped: BOBOLINK_CORPORA is not set" && exit 77; }
skip_large "$corpus" "$database"
case $database in
sqlite) kind=sqlite backend=sqlite3 shell=sqlite3 include= flags=-lsqlite3 ;;
postgresql) kind=postgres backend=postgres shell=psql include=-I$(pg_config --includedir) flags=-lpq ;;
esac
command -v $shell >/dev/null || { echo "skipped: $shell is not installed" && exit 77; }
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH/generated"
cd "$SCRATCH"
copy_chain "$corpus" "$database"
count=$(in_order | wc -l)
few=$((count / 5 + 1)) stride=$few
[ -z "${BOBOLINK_TEST_ALL:-}" ] || stride=1

set --
case $corpus/$database in
pocket-id/sqlite) set -- --shadow-function normalize/2 ;;
screenpipe/sqlite) set -- --shadow-function vec_length/1 ;;
esac
unset BOBOLINK_SHADOW_URL
"$bobolink" lock migrations --database $kind >log 2>&1 || { cat log >&2; fail "it cannot be locked"; }
"$bobolink" compile migrations --database $kind --locked --name corpus --output generated "$@" >log 2>&1 ||
	{ grep 'error:' log >&2; fail "it does not compile"; }

if [ $database = sqlite ]; then
	build ./program "$BUILD/runtime/libbobolink-$backend.a"
	usual=yes
	look ./program applied.db fed.db
	usual= stride=$few
	libraries=0 old=0
	for folder in $(echo "${BOBOLINK_SQLITE_SOURCES:-}" | tr ':' ' '); do
		libraries=$((libraries + 1)) rc=0
		compile_library "$folder"
		# The backend as it is built for this library.
		include=-I$folder flags=-lm
		build ./program-$libraries "$SOURCE"/runtime/src/sqlite3/*.c \
			"$SOURCE"/runtime/src/sqlite3/archive/*.c "$folder/sqlite3.o"
		(look ./program-$libraries applied-$libraries.db fed-$libraries.db) || rc=$?
		[ $rc -ne 78 ] || old=$((old + 1)) rc=0
		[ $rc -eq 0 ] || fail "with $folder"
	done
	echo "sweep: $corpus: $libraries more libraries, $old of them too old for it"
	exit 0
fi
build ./program "$BUILD/runtime/libbobolink-$backend.a"
"$server_run" sh "$here/drift.sh" inside "$corpus" "$database" "$stride" yes
servers=0 old=0
for binaries in $(echo "${BOBOLINK_POSTGRES_BINARIES:-}" | tr ':' ' '); do
	servers=$((servers + 1)) rc=0
	BOBOLINK_POSTGRES_BINDIR=$binaries "$server_run" sh "$here/drift.sh" inside "$corpus" "$database" "$few" '' ||
		rc=$?
	[ $rc -ne 78 ] || old=$((old + 1)) rc=0
	[ $rc -eq 0 ] || fail "with $binaries"
done
echo "sweep: $corpus: $servers more servers, $old of them too old for it"
