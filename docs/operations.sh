# operations.sh FOLDER: writes operations.md, the page that tells the life of a database, in FOLDER. The prose stands in
# operations_story.sh, what the commands say comes from running them. Expects an installed bobolink in $PREFIX. With the URL of
# a PostgreSQL server in $BOBOLINK_TEST_URL, as when it is run by server-run (tests/server_run.c), the part about PostgreSQL is written
# as well.
#
# Times, durations, sizes and process numbers are replaced by constants. A command that does not end with the exit code
# that the prose expects stops the script.
set -eu

source=$(cd "$(dirname "$0")/.." && pwd)
folder=$(cd "$1" && pwd)
export SHELL=/bin/sh NO_COLOR=1 LC_ALL=C PAGER=cat CMAKE_PREFIX_PATH="$PREFIX"
unset NOTES_DATABASE_URL SHOP_DATABASE_URL DATABASE_URL AUTO_MIGRATE COLUMNS || true
for name in ENV FIXES ON_FAILURE BACKUP BACKUP_DIR BACKUP_KEEP SHADOW_URL VALIDATE PROTECT AUTO_REPAIR IGNORE; do
	unset "BOBOLINK_$name"
done

# say <<'TEXT': prose.
say() { cat >>"$page"; }

# Blanks after a duration depend on its width, and so does the place of all that follows. What stood on the line of a
# terminal while a statement took its time is erased there, and here. "Killed" is a word of the shell, not of the command.
normalise() {
	sed -E \
		-e 's/\r$//' -e 's/.*\x1b\[K//' -e '/^\[[0-9]+\/[0-9]+\] .* statement /d' -e '/^Killed$/d' -e 's/(\[y\/N\] )/\1y\n/' -e "s|$folder/notes/||g" \
		-e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}([ T])[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?/2026-01-02\109:00:00/g' \
		-e 's/[0-9]{8}T?[-_]?[0-9]{6}([-_]?[0-9]{3})?Z?/20260102T090000Z/g' \
		-e 's/(when \(UTC\)) +took +batch/\1           took  batch/' \
		-e 's/(09:00:00) +[0-9.]+ m?s +([0-9]+  )/\1  1 ms      \2/' \
		-e 's/(09:00:00) +([0-9]  (notes|shop))/\1            \2/' \
		-e 's/(09:00:00) +((notes|shop) [0-9])/\1               \2/' \
		-e 's/\b[0-9]+(\.[0-9]+)? (ms|s)\b/1 ms/g' \
		-e 's/\(pid [0-9]+\)/(pid 4711)/g' \
		-e 's/^(database +sqlite )[0-9.]+/\13.40.1/' -e 's/^(database +postgres )[0-9.]+/\115.18/' -e 's/\([0-9]+ min old\)/(0 min old)/' -e 's/[0-9.]+ (KiB|kB|MiB)/48.0 KiB/' \
		-e 's/ on [^ ]+ \(pid/ on web-1 (pid/g' |
		awk -F '  +' '/^name +size/ { table = 1 } table && NF > 3 { $0 = sprintf("%-31s  %8s  %-19s  %s", $1, $2, $3, $4) } { print }'
}

# shown CODE COMMAND: the command and what it said, from the file "said", as one block of the page.
shown() {
	# shellcheck disable=SC2016
	printf '\n```console\n$ %s\n' "$2" >>"$page"
	normalise <said >>"$page"
	[ "$1" -eq 0 ] || printf '$ echo $?\n%s\n' "$1" >>"$page"
	# shellcheck disable=SC2016
	printf '```\n\n' >>"$page"
}

# run CODE COMMAND [ANSWER]: runs a command on a terminal; it must end with CODE.
run() {
	code=0
	printf '%s' "${3-}" | script -qe -E never -c "stty cols 100; $2" /dev/null >said 2>&1 || code=$?
	[ "$code" -eq "$1" ] || {
		cat said >&2
		echo "operations.sh: exit code $code instead of $1: $2" >&2
		exit 1
	}
	shown "$1" "$2"
}

# build CODE: the build, without what CMake and its generator say of their own work.
build() {
	code=0
	[ -d build ] || cmake -S . -B build >said 2>&1 || { cat said >&2 && exit 1; }
	cmake --build build >all 2>&1 || code=$?
	[ "$code" = "$1" ] || { cat all >&2 && exit 1; }
	grep -Ev '^(\[|-- |ninja:|g?make|Scanning|Consolidate|FAILED|cd /)' all >said || true
	shown 0 'cmake --build build'
}

# file PATH <<'SQL': a file that somebody writes.
file() {
	cat >"$1"
	# shellcheck disable=SC2016
	{ printf '\n`%s`:\n\n```sql\n' "$1" && cat "$1" && printf '```\n\n'; } >>"$page"
}

# release VERSION: seals the migrations and keeps the program of that version beside those of others.
release() {
	sed -i "s/VERSION [0-9.]* LANGUAGES/VERSION $1 LANGUAGES/" CMakeLists.txt
	run 0 'bobolink lock migrations'
	cmake --build build >all 2>&1 || { cat all >&2 && exit 1; }
	cp build/notes "$folder/bin/notes-$1"
	cp build/notes "$folder/bin/notes"
}

cd "$folder"
mkdir bin notes
cp "$source/examples/notes/"* notes
cd notes
page=$folder/draft.md
PATH=$folder/bin:$PREFIX/bin:$PATH
. "$source/docs/operations_story.sh"
cat -s "$page" >"$folder/operations.md"
