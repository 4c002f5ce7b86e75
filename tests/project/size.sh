# Core and one backend stay below 96 KiB of text at -Os: what migrating takes, without the archive beside the backend,
# which saves and restores.
. "$SOURCE/tests/project/lib.sh"
has size || skip "size is not installed"

cd "$SCRATCH"

# measure BACKEND [FLAG]: what core and the backend come to
measure() {
	rm -rf objects
	for folder in . "$1"; do # files of one name stand in both
		mkdir -p "objects/$folder"
		(cd "objects/$folder" &&
			"$CC" -std=c11 -D_POSIX_C_SOURCE=200809L -Os -c -I"$SOURCE/runtime/include" \
				-I"$SOURCE/runtime/src" ${2-} "$SOURCE/runtime/src/$folder"/*.c) ||
			fail "compile"
	done
	size objects/*.o "objects/$1"/*.o | awk -v backend="$1" '
		NR > 1 { text += $1 }
		END {
			print "sweep: " text " bytes of text in core and the backend " backend
			exit text < 4096 || text >= 96 * 1024
		}' || fail "the limit is 98304 bytes"
}

measure sqlite3
if has pkg-config && pkg-config --exists libpq; then
	measure postgres "-I$(pkg-config --variable=includedir libpq)"
fi
