# repair.sh CORPUS DATABASE SERVER_RUN BOBOLINK [FLAG]: what was dropped at random is made again (repair.c), at the last version
# and, with BOBOLINK_TEST_ALL, where two thirds of the chain are applied.
set -eu

fail() {
	echo "FAILED: $corpus: $*" >&2
	exit 1
}

. "$SOURCE/tests/corpora/chain.sh"

if [ "$1" = inside ]; then
	corpus=$2 points=$3 part=$4
	psql -qX -d "$BOBOLINK_TEST_URL" -c 'CREATE DATABASE pristine'
	./program "$(echo "$BOBOLINK_TEST_URL" | sed "s#/postgres?#/copy?#")" \
		"$(echo "$BOBOLINK_TEST_URL" | sed "s#/postgres?#/pristine?#")" "$points" "$part" || fail "see above"
	exit 0
fi

corpus=$1 database=$2 server_run=$3 bobolink=$4 sanitizers=${5:-}
here=$SOURCE/tests/corpora
[ -n "${BOBOLINK_CORPORA:-}" ] || { echo "skipped: BOBOLINK_CORPORA is not set" && exit 77; }
skip_large "$corpus" "$database"
include=
case $database in
sqlite) kind=sqlite library=sqlite3 link=-lsqlite3 ;;
postgresql)
	kind=postgres library=postgres link=-lpq
	command -v psql >/dev/null || { echo "skipped: psql is not installed" && exit 77; }
	include=-I$(pg_config --includedir)
	;;
esac
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH/generated"
cd "$SCRATCH"
copy_chain "$corpus" "$database"

set --
case $corpus/$database in
pocket-id/sqlite) set -- --shadow-function normalize/2 ;;
screenpipe/sqlite) set -- --shadow-function vec_length/1 ;;
esac
unset BOBOLINK_SHADOW_URL
"$bobolink" lock migrations --database $kind >log 2>&1 || { cat log >&2; fail "it cannot be locked"; }
"$bobolink" compile migrations --database $kind --locked --name corpus --output generated "$@" >log 2>&1 ||
	{ grep 'error:' log >&2; fail "it does not compile"; }
# shellcheck disable=SC2086
"${CC:-cc}" $sanitizers -g -I generated -I "$here" -I "$SOURCE/runtime/include" $include -o program \
	"$here/repair.c" "$here/repair_rows.c" "$here/corpus_$kind.c" generated/corpus_migrations.c \
	"$BUILD/runtime/libbobolink-$library.a" "$BUILD/runtime/libbobolink-schema.a" \
	"$BUILD/runtime/libbobolink-operate.a" "$BUILD/runtime/libbobolink-core.a" $link ||
	fail "it does not compile"

# sweep POINTS PART
sweep() {
	if [ "$database" = sqlite ]; then
		rm -f pristine.db
		./program copy.db pristine.db "$1" "$2" || fail "see above"
	else
		"$server_run" sh "$here/repair.sh" inside "$corpus" "$1" "$2"
	fi
}

if [ -z "${BOBOLINK_TEST_ALL:-}" ]; then
	sweep 3 100
else
	sweep 50 100
	sweep 10 66
fi
