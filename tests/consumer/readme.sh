# readme.sh EXAMPLE [SERVER-RUN]: one of the examples in README.md is built and run as it stands there. A block of
# code belongs to it when one of these comments stands on the line before:
#
#     <!-- file: EXAMPLE/NAME -->   the block is the file NAME of the example
#     <!-- run: EXAMPLE -->         the block is a shell script, run in the example's folder
#     <!-- output: EXAMPLE -->      each line of the block must be a line of what the scripts printed
#
# With SERVER-RUN there is a server, and NOTES_DATABASE_URL names a database of it.
[ $# -lt 2 ] || [ -n "${BOBOLINK_TEST_URL:-}" ] || exec "$2" sh "$0" "$@"
. "$SOURCE/tests/consumer/lib.sh"
example=$1
export NOTES_DATABASE_URL="${BOBOLINK_TEST_URL:-}"
unset BOBOLINK_SHADOW_URL

awk -v example="$example" '
	/^<!-- file: .* -->$/ { target = substr($0, 12, length($0) - 15) }
	/^<!-- run: .* -->$/ { target = substr($0, 11, length($0) - 14) "/../run.sh" }
	/^<!-- output: .* -->$/ { target = substr($0, 14, length($0) - 17) "/../expected" }
	/^<!-- / {
		if (index(target, example "/") != 1)
			target = ""
		next
	}
	/^```/ && inside      { inside = 0; target = ""; next }
	/^```/ && target != "" {
		inside = 1
		folder = target
		if (sub(/\/[^\/]*$/, "", folder))
			system("mkdir -p \"" example "\" \"" folder "\"")
		next
	}
	inside { print >>target }
' "$SOURCE/README.md"

[ -s $example/CMakeLists.txt ] || fail "README.md has no block after <!-- file: $example/CMakeLists.txt -->"
ls $example/*.c >/dev/null 2>&1 || fail "README.md has no block after <!-- file: $example/NAME.c -->"
ls $example/migrations/*.sql >/dev/null 2>&1 ||
	fail "README.md has no block after <!-- file: $example/migrations/NAME.sql -->"
[ -s run.sh ] || fail "README.md has no block after <!-- run: $example -->"

cd $example
CMAKE_PREFIX_PATH="$packages/static" sh -eu ../run.sh >../log 2>&1 || { cd .. && fail "run"; }
cd ..
grep -q '^would note: hello$' log || fail "the example does not note what it is given"
grep -q '^ *1  create_notes  applied' log || fail "the example's status shows no migration"
[ ! -s expected ] || while IFS= read -r line; do
	grep -qxF -- "$line" log || fail "README.md promises this line of output: $line"
done <expected
