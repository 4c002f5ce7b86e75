# What the consumer tests share. A test sources this first; it is then in its empty scratch folder.
set -eu
packages=$BUILD/tests/consumer/packages
fixtures=$SOURCE/tests/consumer
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
cd "$SCRATCH"
unset SHOP_DATABASE_URL DATABASE_URL SHOP_LOG_DIR AUTO_MIGRATE BOBOLINK_ON_FAILURE \
	BOBOLINK_BACKUP BOBOLINK_FIXES BOBOLINK_ENV CMAKE_PREFIX_PATH || true
export NO_COLOR=1

fail() {
	echo "FAILED: $*" >&2
	[ ! -s log ] || { echo "--- the log ends:" && tail -n 60 log; } >&2
	exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

skip_without() {
	has "$1" || { echo "skipped: $1 is not installed" && exit 77; }
}

# A project in ./app with one migration; its program migrates a database and lists the tables.
new_project() {
	mkdir -p app/migrations
	cp "$fixtures/app.c" "$fixtures/CMakeLists.app.txt" app/
	mv app/CMakeLists.app.txt app/CMakeLists.txt
	table 0001_create_users.sql users
}

# table FILE TABLE: writes a migration that makes a table.
table() {
	mkdir -p "$(dirname "app/migrations/$1")"
	cat >"app/migrations/$1" <<SQL
-- migrate:up
CREATE TABLE $2 (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE $2;
SQL
}

generator="Unix Makefiles"
! has ninja || generator=Ninja

# configure [ARG...]: configures ./app in ./build; the output is in ./log.
configure() { cmake -S app -B build -G "$generator" "$@" >log 2>&1; }

build() { cmake --build build >log 2>&1; }

must_build() { build || fail "$1: the build fails"; }

must_not_build() {
	! build || fail "$1: the build succeeds"
}

# tables WHAT EXPECTED: the program, on a new database, makes exactly these tables.
tables() {
	rm -f test.db
	actual=$(${program:-./build/app} test.db) || fail "$1: the program fails"
	[ "$actual" = "$2" ] || fail "$1: the tables are \"$actual\", not \"$2\""
}

# quiet WHAT: a build has nothing to do.
quiet() {
	must_build "$1, built again"
	! grep -q 'Checking the migrations\|Building C object' log || fail "$1: built again, work is done"
}

log_has() { grep -q -- "$1" log || fail "the log lacks: $1"; }

# log_says TEXT: these words, wherever CMake breaks its lines.
log_says() { tr -s ' \n' ' ' <log | grep -qF -- "$1" || fail "the log does not say: $1"; }
