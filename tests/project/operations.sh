# operations.sh [SERVER-RUN]: docs/operations.md is what its commands print today.
. "$SOURCE/tests/project/lib.sh"
has script || skip "there is no script, which runs a command on a terminal"
has sqlite3 || skip "sqlite3 is not installed"
export PREFIX="$BUILD/tests/consumer/packages/static"

# page [SERVER-RUN]: 77 when there is no server.
page() {
	rm -rf "$SCRATCH/life"
	mkdir "$SCRATCH/life"
	code=0
	"$@" sh docs/operations.sh "$SCRATCH/life" >"$SCRATCH/log" 2>&1 || code=$?
	[ $code -eq 0 ] || [ $code -eq 77 ] || { cat "$SCRATCH/log" && fail "the life ends with exit code $code"; }
	return $code
}

if [ -n "${1:-}" ] && has psql && has pg_dump && page "$1"; then
	cp docs/operations.md "$SCRATCH/expected"
else
	echo "skipped: the part about PostgreSQL, whose programs are not all here"
	page
	sed '/^### Locks, before/,$d' docs/operations.md | cat -s >"$SCRATCH/expected"
fi
diff -u "$SCRATCH/expected" "$SCRATCH/life/operations.md" ||
	fail "docs/operations.md is stale: run ./dev generate"
