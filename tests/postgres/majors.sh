# majors.sh PROGRAM…: test programs on every server in BOBOLINK_POSTGRES_BINARIES, folders with initdb and
# postgres, separated by colons.
set -eu

[ -n "${BOBOLINK_POSTGRES_BINARIES:-}" ] ||
	{ echo "skipped: BOBOLINK_POSTGRES_BINARIES is not set" && exit 77; }
count=0
failed=0
IFS=:
for binaries in $BOBOLINK_POSTGRES_BINARIES; do
	version=$("$binaries/postgres" --version)
	for program; do
		count=$((count + 1))
		BOBOLINK_POSTGRES_BINDIR=$binaries "$program" >"$SCRATCH.log" 2>&1 && continue
		echo "FAILED: ${program##*/} on $version"
		grep -v '^\[ *\(OK\|RUN\) *\]' "$SCRATCH.log" | tail -n 20
		failed=1
	done
done
echo "sweep: $# test programs on servers of other versions, $count runs"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
