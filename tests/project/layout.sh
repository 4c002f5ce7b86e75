# Files and functions keep a size that can be read; calls that cannot report errors are not used.
. "$SOURCE/tests/project/lib.sh"

for file in $(sources); do
	lines=$(wc -l <"$file")
	[ "$lines" -le 600 ] || fail "$file has $lines lines: split it"
done
! sources | xargs grep -nE '\b(strcpy|strcat|sprintf|gets|atoi)\(' ||
	fail "these calls cannot report what goes wrong"
