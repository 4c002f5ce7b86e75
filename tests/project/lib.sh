# What these scripts share: they run in the source tree, with an empty folder "$SCRATCH" beside it.
set -eu
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
cd "$SOURCE"

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

skip() {
	echo "skipped: $*"
	exit 77
}

has() { command -v "$1" >/dev/null 2>&1; }

# The project's own C sources, without generated ones.
sources() {
	find compiler runtime tests examples bench -name '*.[ch]' | sort
}

# demo [ARGUMENT]: ./dev demo leaves nothing behind but its build folder; what it says is in
# "$SCRATCH/log".
demo() {
	listing >"$SCRATCH/before"
	code=0
	NO_COLOR=1 ./dev demo "$@" >"$SCRATCH/log" 2>&1 || code=$?
	[ $code -ne 77 ] || skip "there is no server"
	[ $code -eq 0 ] || { cat "$SCRATCH/log" && fail "the demo fails"; }
	listing >"$SCRATCH/after"
	cmp "$SCRATCH/before" "$SCRATCH/after" || fail "the demo changes the tree"
}

listing() {
	find . \( -path './build*' -o -path ./.git \) -prune -o -type f -exec cksum {} + | sort
}

# shows PATTERN: a line of the demo's output matches.
shows() {
	grep -Eq -- "$1" "$SCRATCH/log" || { cat "$SCRATCH/log" && fail "the demo does not show: $1"; }
}
