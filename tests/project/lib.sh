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
