# sets.sh GENERATOR: a program with two sets, one of which requires the other; what happens to either is noticed.
. "$SOURCE/tests/consumer/lib.sh"
generator=$1
[ "$generator" != Ninja ] || skip_without ninja

mkdir -p app/migrations app/data
cat >app/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.21)
project(app LANGUAGES C)

find_package(bobolink REQUIRED)
bobolink_add_migrations(primary_migrations DATABASE sqlite DIRECTORY migrations)
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
must_not_build "a circle"
log_has 'error: data/7 waits for primary/6, and that for data/7'
table 0006_create_orders.sql orders
must_build "without the circle"
quiet "without the circle"

# Those that take turns are no circle.
table 0008_create_totals.sql totals
sed -i 's/^-- migrate:up$/-- migrate:up requires:data\/7/' app/migrations/0008_create_totals.sql
must_build "in turns"
order "in turns" "create_users create_orders create_events create_totals"
quiet "in turns"

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
