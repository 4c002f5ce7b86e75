# sets.sh GENERATOR: a program with two sets that require each other; what happens to either is noticed by both.
. "$SOURCE/tests/consumer/lib.sh"
generator=$1
[ "$generator" != Ninja ] || skip_without ninja

mkdir -p app/migrations app/data
cat >app/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.21)
project(app LANGUAGES C)

find_package(bobolink REQUIRED)
bobolink_add_migrations(primary_migrations DATABASE sqlite DIRECTORY migrations
  REQUIRES data_migrations)
bobolink_add_migrations(data_migrations DATABASE sqlite DIRECTORY data
  REQUIRES primary_migrations ${DATA_OPTIONS})
bobolink_add_migrator(app primary_migrations data_migrations DEFAULT_URL sqlite:app.db)
CMAKE
table 0001_create_users.sql users
table 0005_create_orders.sql orders
mkdir -p app/data

# data REQUIREMENT: the second set, whose one migration requires something.
data() {
	cat >app/data/0007_create_events.sql <<SQL
-- migrate:up requires:$1
CREATE TABLE events (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE events;
SQL
}

# order WHAT EXPECTED: what a new database is migrated by, in this order.
order() {
	rm -f app.db
	./build/app --migrate >log 2>&1 || fail "$1: the program fails"
	actual=$(sed -n 's/^applied [0-9]* \([a-z_]*\) .*/\1/p' log | tr '\n' ' ')
	[ "$actual" = "$2 " ] || fail "$1: applied were $actual"
}

data primary/0005
configure -DCMAKE_PREFIX_PATH="$packages/static" || fail "configure"
must_build "first"
order "first" "create_users create_orders create_events"
quiet "first"

# The set that is required loses the migration: the other one is checked again, and the build fails.
mv app/migrations/0005_create_orders.sql app/migrations/0006_create_orders.sql
must_not_build "rename what is required"
log_has '/data/0007_create_events.sql:1:15: error: the set primary has no version 5'
log_says 'did you mean primary/6'
data primary/6
must_build "mend the requirement"
order "mend the requirement" "create_users create_orders create_events"
quiet "mend the requirement"

rm app/migrations/0006_create_orders.sql
must_not_build "delete what is required"
log_has 'the set primary has no version 6'
table 0006_create_orders.sql orders
must_build "put it back"

# One in the other direction closes a circle.
sed -i 's/^-- migrate:up$/-- migrate:up requires:data\/7/' app/migrations/0006_create_orders.sql
for set in primary data; do
	! cmake --build build --target ${set}_migrations >log 2>&1 || fail "a circle: $set builds"
	log_has "/000[67]_create_[a-z]*.sql:1:15: error: $set/[67] waits for [a-z]*/[67], and that for $set/[67]"
done
table 0006_create_orders.sql orders
must_build "without the circle"
quiet "without the circle"

# Those that take turns are no circle, and each is checked by its own build.
table 0008_create_totals.sql totals
sed -i 's/^-- migrate:up$/-- migrate:up requires:data\/7/' app/migrations/0008_create_totals.sql
must_build "in turns"
! grep -q 'is not given here' log || fail "in turns: one of the sets is not checked"
order "in turns" "create_users create_orders create_events create_totals"
quiet "in turns"
sed -i 's/data\/7/data\/70/' app/migrations/0008_create_totals.sql
! cmake --build build --target primary_migrations >log 2>&1 || fail "an unknown version of the later set"
log_has '/migrations/0008_create_totals.sql:1:15: error: the set data has no version 70'
log_says 'did you mean data/7'
sed -i 's/data\/70/data\/7/' app/migrations/0008_create_totals.sql
must_build "a known version again"

data primry/6
must_not_build "a misspelt set"
log_says 'did you mean primary/6'
data primary/6
must_build "spelt right"

echo "SELECT 'open" >app/migrations/0009_broken.sql
must_not_build "a set that cannot be read"
log_has '/migrations/0009_broken.sql:1:8: error: '
rm app/migrations/0009_broken.sql
must_build "it can be read again"

# Each set may have a database of its own.
rm -f app.db
PRIMARY_DATABASE_URL=sqlite:p.db DATA_DATABASE_URL=sqlite:d.db ./build/app --migrate >log 2>&1 ||
	fail "two databases"
[ -e p.db ] && [ -e d.db ] && [ ! -e app.db ] || fail "two databases: where are they"

# A set of another directory that is described later, and knows nothing of the one that names it.
mkdir app/audit
cat >>app/CMakeLists.txt <<'CMAKE'
bobolink_add_migrations(early_migrations DATABASE sqlite DIRECTORY early
  REQUIRES project::audit ${EARLY_OPTIONS})
add_subdirectory(audit)
add_library(project::audit ALIAS audit_migrations)
add_executable(early early.c)
target_link_libraries(early PRIVATE early_migrations audit_migrations)
CMAKE
cat >app/early.c <<'C'
#include "audit_migrations.h"
#include "early_migrations.h"

int main(void)
{
	return !audit_migrations.permit + !early_migrations.permit;
}
C
echo 'bobolink_add_migrations(audit_migrations DATABASE sqlite DIRECTORY sql)' >app/audit/CMakeLists.txt
mkdir app/early app/audit/sql
for set in early audit/sql; do
	printf 'CREATE TABLE t (i INTEGER);\n-- migrate:down\nDROP TABLE t;\n' >table
	{ echo '-- migrate:up' && cat table; } >app/$set/0003_create_t.sql
done
{ echo '-- migrate:up requires:audit/3' && cat table; } >app/early/0003_create_t.sql
must_build "a later directory"
! grep -q 'is not given here' log || fail "a later directory: it is not checked"
quiet "a later directory"
mv app/audit/sql/0003_create_t.sql app/audit/sql/0004_create_t.sql
must_not_build "rename what stands in a later directory"
log_has '/early/0003_create_t.sql:1:15: error: the set audit has no version 3'
mv app/audit/sql/0004_create_t.sql app/audit/sql/0003_create_t.sql
must_build "rename it back"

# It moves, and the file that is required is no longer there.
mv app/audit/sql app/audit/moved
mkdir app/audit/sql
sed 's/TABLE t/TABLE u/' app/audit/moved/0003_create_t.sql >app/audit/sql/0001_create_u.sql
must_not_build "another set in its place"
rm -r app/audit/sql
sed -i 's/DIRECTORY sql/DIRECTORY moved/' app/audit/CMakeLists.txt
must_build "a set that has moved"
quiet "a set that has moved"

configure -DEARLY_OPTIONS=nowhere && fail "a set that is described nowhere"
log_says 'bobolink_add_migrations(early_migrations): there is no target "nowhere"; call bobolink_add_migrations(nowhere ...)'
configure -DEARLY_OPTIONS=early_migrations && fail "a set that requires itself"
log_says 'bobolink_add_migrations(early_migrations): REQUIRES names the set itself'
configure -DEARLY_OPTIONS= || fail "configure at last"
must_build "at last"
