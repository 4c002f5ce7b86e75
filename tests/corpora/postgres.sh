# postgres.sh CORPUS SERVER_RUN BOBOLINK TOOL [FLAG]: one chain from its files to a migrated database, whose
# schema is that which psql makes of the same files.
#
# findings/postgresql-CORPUS lists what reading and running it finds, one finding a line: file and rule. All are notes,
# because the chain is sealed first. What lint thinks of it is not listed. UPDATE_GOLDEN=1 writes the list anew and keeps
# its comments; look at each difference: a down that is named must really fail, or restore something else.
set -eu

fail() {
	echo "FAILED: $corpus: $*" >&2
	exit 1
}

. "$SOURCE/tests/corpora/chain.sh"

feed() {
	url=$1
	shift
	psql -qX -v ON_ERROR_STOP=1 -d "$url" "$@" >log 2>&1 </dev/null
}

url_of() {
	echo "$BOBOLINK_TEST_URL" | sed "s#/postgres?#/$1?#"
}

# On the server.
if [ "$1" = inside ]; then
	corpus=$2
	tool=$3
	psql -qX -d "$BOBOLINK_TEST_URL" -c 'CREATE DATABASE applied' -c 'CREATE DATABASE fed'
	./program "$(url_of applied)" || fail "it does not apply"
	in_order | cut -d' ' -f2- >files
	while read -r file; do
		feed "$(url_of fed)" -1 -f "$file" || feed "$(url_of fed)" -f "$file" ||
			{ cat log >&2; fail "psql refuses $file"; }
	done <files
	"$tool" compare "$(url_of fed)" "$(url_of applied)" ||
		fail "the schema differs from that of the bare files"
	echo "sweep: $corpus: $(wc -l <files) migrations"
	exit 0
fi

corpus=$1
server_run=$2
bobolink=$3
tool=$4
sanitizers=${5:-}
[ -n "${BOBOLINK_CORPORA:-}" ] || { echo "skipped: BOBOLINK_CORPORA is not set" && exit 77; }
command -v psql >/dev/null || { echo "skipped: psql is not installed" && exit 77; }
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH/generated"
cd "$SCRATCH"
copy_chain "$corpus" postgresql

unset BOBOLINK_SHADOW_URL
"$bobolink" lock migrations --database postgres >log 2>&1 ||
	{ cat log >&2; fail "it cannot be locked"; }
"$bobolink" compile migrations --database postgres --locked --name corpus --output generated >log 2>&1 ||
	{ grep 'error:' log >&2; fail "it does not compile"; }

list=$SOURCE/tests/corpora/findings/postgresql-$corpus
rules='sql-error|down-mismatch|down-error|up-again|unproven|transaction-control|unterminated-string|fails-on-rows|loses-rows|down-fails-on-rows|down-loses-rows|replay-unfilled'
sed -nE "s#^migrations/([^:]*):[0-9]+:[0-9]+: note: .* \[($rules)\]\$#\1 \2#p" log | LC_ALL=C sort >found
if [ -n "${UPDATE_GOLDEN:-}" ]; then
	grep '^#' "$list" >comments || true
	cat comments found >"$list"
fi
grep -v '^#' "$list" >expected || true
diff expected found || fail "other findings than expected"

"${CC:-cc}" $sanitizers -I generated -I "$SOURCE/runtime/include" -I "$(pg_config --includedir)" \
	-o program "$SOURCE/tests/corpora/postgres_program.c" generated/corpus_migrations.c \
	"$BUILD/runtime/libbobolink-postgres.a" "$BUILD/runtime/libbobolink-schema.a" "$BUILD/runtime/libbobolink-operate.a" "$BUILD/runtime/libbobolink-core.a" -lpq ||
	fail "the generated C does not compile"
exec "$server_run" sh "$SOURCE/tests/corpora/postgres.sh" inside "$corpus" "$tool"
