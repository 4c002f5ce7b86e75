# Every global name of the runtime begins with bobolink_ or bl_, so that none clashes with a name of
# the program; and an SQLite program links no libpq.
. "$SOURCE/tests/project/lib.sh"
has nm || skip "nm is not installed"

find "$BUILD/runtime" -name 'libbobolink-*.a' -exec nm -g --defined-only {} + 2>/dev/null |
	awk 'NF == 3 { print $3 }' | sort -u >"$SCRATCH/names"
[ "$(wc -l <"$SCRATCH/names")" -gt 20 ] || fail "hardly any name was found"
! grep -vE '^(bobolink_|bl_)' "$SCRATCH/names" || fail "these names need the prefix bl_"

ldd "$BUILD/examples/demo/shop" >"$SCRATCH/libraries"
! grep -E 'libpq|libcrypto' "$SCRATCH/libraries" || fail "the demo links more than SQLite"
