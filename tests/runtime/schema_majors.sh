# schema_majors.sh SERVER_RUN TOOL: one schema has the same inventory on every server in
# BOBOLINK_POSTGRES_BINARIES, folders with initdb and postgres, separated by colons.
set -eu

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# Without the texts that every version renders in its own way.
plain() {
	cut -f1-5 "$1" | sed -E 's/ AS ([0-9]+:)?[0-9a-f]{32}$/ AS #/'
}

# On a server.
if [ "$1" = inside ]; then
	psql -qX -v ON_ERROR_STOP=1 -d "$BOBOLINK_TEST_URL" -f "$SOURCE/tests/runtime/schema/every_kind.sql" >&2
	exec "$2" write "$BOBOLINK_TEST_URL"
fi

[ -n "${BOBOLINK_POSTGRES_BINARIES:-}" ] ||
	{ echo "skipped: BOBOLINK_POSTGRES_BINARIES is not set" && exit 77; }
command -v psql >/dev/null || { echo "skipped: psql is not installed" && exit 77; }
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
cd "$SCRATCH"
count=0
for binaries in $(echo "$BOBOLINK_POSTGRES_BINARIES" | tr ':' ' '); do
	count=$((count + 1))
	BOBOLINK_POSTGRES_BINDIR=$binaries "$1" sh "$SOURCE/tests/runtime/schema_majors.sh" inside "$2" \
		>"$count" || fail "the schema cannot be read with $binaries"
	plain "$count" >"$count.plain"
	diff "$SOURCE/tests/runtime/schema/every_kind.txt" "$count.plain" || fail "$binaries gives other bytes"
	"$2" compare 1 "$count" || fail "$binaries gives another inventory"
done
echo "sweep: one inventory from $count servers"
