# Core and one backend stay below 96 KiB of text at -Os.
. "$SOURCE/tests/project/lib.sh"
has size || skip "size is not installed"

cd "$SCRATCH"
"$CC" -std=c11 -D_POSIX_C_SOURCE=200809L -Os -c -I"$SOURCE/runtime/include" -I"$SOURCE/runtime/src" \
	"$SOURCE"/runtime/src/*.c "$SOURCE"/runtime/src/sqlite3/*.c || fail "compile"
size ./*.o | awk '
	NR > 1 { text += $1 }
	END {
		print "sweep: " text " bytes of text in core and the SQLite backend"
		exit text < 4096 || text >= 96 * 1024
	}' || fail "the limit is 98304 bytes"
