# readme.sh EXAMPLE [SERVER-RUN]: one of the examples in README.md is built and run as it stands there, from its first block of
# code to its last. A block belongs to it when one of these comments stands on the line before:
#
#     <!-- file: EXAMPLE/NAME -->   the block is, from here on, the file NAME of the example
#     <!-- run: EXAMPLE -->         the block is a shell script, run in the example's folder
#     <!-- console: EXAMPLE -->     the block is what a terminal shows: commands behind "$ ", and what each prints; times,
#                                   durations and the folder's name may differ
#
# With SERVER-RUN there is a server, and NOTES_DATABASE_URL names a database of it.
[ $# -lt 2 ] || [ -n "${BOBOLINK_TEST_URL:-}" ] || exec "$2" sh "$0" "$@"
. "$SOURCE/tests/consumer/lib.sh"
example=$1
[ $example != sqlite ] || skip_without sqlite3
export NOTES_DATABASE_URL="${BOBOLINK_TEST_URL:-}"
unset BOBOLINK_SHADOW_URL

awk -v example="$example" '
	/^<!-- (file|run|console): .* -->$/ {
		kind = $2
		name = $3
		if (name != example && index(name, example "/") != 1)
			kind = ""
		next
	}
	/^```/ && inside {
		if (inside == "file:")
			print "README"
		inside = kind = ""
		next
	}
	/^```/ && kind != "" {
		inside = kind
		if (inside == "file:") {
			file = substr(name, length(example) + 2)
			printf "mkdir -p \"$(dirname \"%s\")\"\ncat >\"%s\" <<\"README\"\n", file, file
		}
		next
	}
	inside == "console:" { print >"promised" }
	inside == "console:" && /^[$] / {
		printf "cat >>../printed <<\"README\"\n%s\nREADME\n", $0
		printf "{ %s; } >>../printed 2>&1 || :\n", substr($0, 3)
	}
	inside == "file:" || inside == "run:"
' "$SOURCE/README.md" >run.sh

for name in CMakeLists.txt '[a-z]*.c' 'migrations/[0-9a-z_]*.sql'; do
	grep -q "^cat >\"$name\" " run.sh || fail "README.md has no block after <!-- file: $example/$name -->"
done
grep -q '^cmake --build' run.sh || fail "README.md has no block after <!-- run: $example -->"

# Times, durations and the folder differ from run to run.
normal() {
	sed -E -e "s|$PWD/$example/||g" -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}/TIME/g' \
		-e 's/\b[0-9]+(\.[0-9])? m?s\b/N ms/g' "$1"
}

mkdir $example
cd $example
CMAKE_PREFIX_PATH="$packages/static" sh -eu ../run.sh >../log 2>&1 || { cd .. && fail "run"; }
cd ..
grep -q '^would note: hello$' log || fail "the example does not note what it is given"
grep -q '^ *1  create_notes  applied' log || fail "the example's status shows no migration"
if [ -s promised ]; then
	normal promised >expected
	normal printed | diff -u expected - || fail "README.md shows something else (-) than the commands print (+)"
fi
