# run.sh CORPUS BOBOLINK TOOL [FLAG]: one chain from its files to a migrated database.
#
# findings/CORPUS lists what the shadow run finds in it, one finding a line: file and rule. Each was
# checked against the SQL.
set -eu
corpus=$1
bobolink=$2
tool=$3
sanitizers=${4:-}
here=$SOURCE/tests/corpora

fail() {
	echo "FAILED: $corpus: $*" >&2
	exit 1
}

[ -n "${BOBOLINK_CORPORA:-}" ] || { echo "skipped: BOBOLINK_CORPORA is not set" && exit 77; }
chain=$BOBOLINK_CORPORA/$corpus/sqlite
[ -d "$chain" ] || fail "there is no folder $chain"
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH/migrations" "$SCRATCH/generated"
cd "$SCRATCH"
cp "$chain"/*.sql migrations/

# The application's own functions; two of the chains call one.
set --
case $corpus in
pocket-id) set -- --shadow-function normalize/2 ;;
screenpipe) set -- --shadow-function vec_length/1 ;;
esac

"$bobolink" lock migrations >log 2>&1 || { cat log >&2; fail "it cannot be locked"; }
"$bobolink" compile migrations --locked --name corpus --output generated "$@" >log 2>&1 ||
	{ grep 'error:' log >&2; fail "it does not compile"; }

rules='sql-error|down-mismatch|down-error|up-again|broken-view|broken-trigger|missing-parent|double-quoted-string|unproven|fails-on-rows|loses-rows|down-fails-on-rows|down-loses-rows|replay-unfilled'
sed -nE "s#^migrations/([^:]*):[0-9]+:[0-9]+: note: .* \[($rules)\]\$#\1 \2#p" log | sort >found
grep -v '^#' "$here/findings/$corpus" | sort >expected || true
diff expected found || fail "other findings than expected"

"${CC:-cc}" $sanitizers -I generated -I "$SOURCE/runtime/include" -o program \
	"$here/program.c" generated/corpus_migrations.c \
	"$BUILD/runtime/libbobolink-sqlite3.a" "$BUILD/runtime/libbobolink-schema.a" "$BUILD/runtime/libbobolink-operate.a" "$BUILD/runtime/libbobolink-core.a" -lsqlite3 ||
	fail "the generated C does not compile"
./program applied.db || fail "it does not apply"

ups=$(find migrations -name '*.sql' ! -name '*.down.sql' | sort)
if [ $# -eq 0 ] && command -v sqlite3 >/dev/null; then
	for file in $ups; do
		sqlite3 -bail -batch fed.db <"$file" >log 2>&1 || { cat log >&2; fail "the shell refuses $file"; }
	done
else
	"$tool" feed fed.db $ups
fi
"$tool" compare fed.db applied.db || fail "the schema differs from that of the bare files"
