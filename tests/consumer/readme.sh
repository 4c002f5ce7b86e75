# The example in README.md is built and run as it stands there. A block of code belongs to the test
# when one of these comments stands on the line before it:
#
#     <!-- file: NAME -->   the block is the file NAME of the example
#     <!-- run -->          the block is a shell script, run in the example's folder
#     <!-- output -->       each line of the block must be a line of what the scripts printed
. "$SOURCE/tests/consumer/lib.sh"

awk '
	/^<!-- file: .* -->$/ { target = "example/" substr($0, 12, length($0) - 15); next }
	/^<!-- run -->$/      { target = "run.sh"; next }
	/^<!-- output -->$/   { target = "expected"; next }
	/^```/ && inside      { inside = 0; target = ""; next }
	/^```/ && target != "" {
		inside = 1
		folder = target
		if (sub(/\/[^\/]*$/, "", folder))
			system("mkdir -p \"" folder "\"")
		next
	}
	inside { print >>target }
' "$SOURCE/README.md"

[ -s example/CMakeLists.txt ] || fail 'README.md has no block after <!-- file: CMakeLists.txt -->'
ls example/*.c >/dev/null 2>&1 || fail 'README.md has no block after <!-- file: NAME.c -->'
ls example/migrations/*.sql >/dev/null 2>&1 ||
	fail 'README.md has no block after <!-- file: migrations/NAME.sql -->'
[ -s run.sh ] || fail 'README.md has no block after <!-- run -->'

cd example
CMAKE_PREFIX_PATH="$packages/static" sh -eu ../run.sh >../log 2>&1 || { cd .. && fail "run"; }
cd ..
[ ! -s expected ] || while IFS= read -r line; do
	grep -qxF -- "$line" log || fail "README.md promises this line of output: $line"
done <expected
