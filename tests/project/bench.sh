# Every part of the bench runs, on a few migrations; how long anything takes is not asserted.
. "$SOURCE/tests/project/lib.sh"
has readelf || skip "readelf is not installed"

"$SOURCE/bench/run" --quick "$BUILD" >"$SCRATCH/table"
rows=$(grep -cE ' [0-9]+(\.[0-9]+)?$' "$SCRATCH/table") || rows=0
[ "$rows" -ge 40 ] || { cat "$SCRATCH/table"; fail "the bench printed $rows rows, not 40 and more"; }
