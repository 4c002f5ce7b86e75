# postgres.sh SERVER-RUN: DATABASE postgres from an installed package. The build proves the migrations on a
# private server, and the programs migrate another one.
[ -n "${BOBOLINK_TEST_URL:-}" ] || exec "$1" sh "$0" "$@"
. "$SOURCE/tests/consumer/lib.sh"
unset BOBOLINK_SHADOW_URL
url=$BOBOLINK_TEST_URL

# says COMMAND…: what it prints is in ./log.
says() { "$@" >log 2>&1 || fail "$* ends with $?"; }

new_project
cp "$fixtures/app_server.c" app/app.c
sed -i 's/DATABASE sqlite/DATABASE postgres/' app/CMakeLists.txt
cat >>app/CMakeLists.txt <<'CMAKE'
bobolink_add_migrator(app-migrate app_migrations DEFAULT_URL postgres:///nowhere?host=/nowhere)
CMAKE
configure -DCMAKE_PREFIX_PATH="$packages/static" -DAPP_OPTIONS='SHADOW;ON' \
	-DCMAKE_C_STANDARD=11 -DCMAKE_C_EXTENSIONS=OFF '-DCMAKE_C_FLAGS=-Wall -Wextra -Werror' ||
	fail "configure"
must_build "first"
ldd build/app >log
! grep -q 'libsqlite3' log || fail "the program links more than libpq"
log_has libpq

# By its flags, by the migrator, by its start.
export DATABASE_URL="$url"
says ./build/app --migrate-status
log_has '^ *1  create_users  pending'
code=0
./build/app --migrate-check >log 2>&1 || code=$?
[ $code -eq 4 ] || fail "with something to do the exit status is $code, not 4"
[ "$(./build/app "$url")" = users ] || fail "the start does not migrate"
says ./build/app --migrate-check
cat >app/migrations/0002_index_users.sql <<'SQL'
-- migrate:up
CREATE INDEX CONCURRENTLY users_again ON users (id);
-- migrate:down
DROP INDEX CONCURRENTLY users_again;
SQL
table 0003_create_orders.sql orders
must_build "add"
says ./build/app-migrate --migrate
log_has '^applied 2 index_users '
log_has '^applied 3 create_orders '
says ./build/app --migrate-status --migrate-json
log_has '"applied":3,"pending":0'
[ "$(./build/app "$url")" = "orders users" ] || fail "the tables are others"
quiet "add"

# The migrator's own URL is the last that counts, and a URL of another kind is refused.
unset DATABASE_URL
code=0
./build/app-migrate --migrate-status >log 2>&1 || code=$?
[ $code -eq 3 ] || fail "without a server the exit status is $code, not 3"
log_has 'the database cannot be reached'
code=0
./build/app-migrate --migrate --migrate-database=sqlite:app.db >log 2>&1 || code=$?
[ $code -eq 2 ] || fail "with an SQLite URL the exit status is $code, not 2"

# What PostgreSQL refuses stops the build, at its place.
cat >app/migrations/0004_mistake.sql <<'SQL'
-- migrate:up
CREATE INDEX users_by_name ON users (nam);
-- migrate:down
DROP INDEX users_by_name;
SQL
must_not_build "a column that is not there"
log_has '/migrations/0004_mistake.sql:2:38: error: column "nam" does not exist'
rm app/migrations/0004_mistake.sql
must_build "mend"
says ./build/app --migrate-check --migrate-database="$url"
