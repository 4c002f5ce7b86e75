# A function of the application: the build calls it out of a module of the project, the program its own.
. "$SOURCE/tests/consumer/lib.sh"
skip_without strip

# backfill ROWS: the function, in the program and in the module.
backfill() {
	cat >app/backfill.c <<C
#include <bobolink/sqlite3.h>

int backfill_users(struct bobolink_step *step);

int backfill_users(struct bobolink_step *step)
{
	sqlite3 *db = bobolink_step_connection(step);

	for (int i = 0; i < $1; i++)
		if (sqlite3_exec(db, "INSERT INTO users DEFAULT VALUES", 0, 0, 0) != SQLITE_OK)
			return bobolink_step_fail(step, "%s", sqlite3_errmsg(db));
	return BOBOLINK_OK;
}
C
}

new_project
backfill 1
echo '-- migrate:up call:backfill_users irreversible:"rows are gone"' >app/migrations/0002_fill.sql
cat >app/migrations/0003_one.sql <<'SQL'
-- migrate:up irreversible:"made of rows"
CREATE TABLE one (n INTEGER CHECK (n = 1));
INSERT INTO one SELECT count(*) FROM users;
SQL
cat >app/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.21)
project(app LANGUAGES C)

find_package(bobolink REQUIRED)
add_library(backfill MODULE backfill.c)
target_link_libraries(backfill PRIVATE bobolink::sqlite3)
bobolink_add_migrations(app_migrations DATABASE sqlite DIRECTORY migrations SEED OFF
  SHADOW_EXTENSIONS backfill)

add_executable(app app.c backfill.c)
target_link_libraries(app PRIVATE app_migrations)
CMAKE
cp "$packages/static/bin/bobolink" tool
strip tool

for generator in Ninja "Unix Makefiles"; do
	[ "$generator" != Ninja ] || has ninja || continue
	rm -rf build
	backfill 1
	configure -DCMAKE_PREFIX_PATH="$packages/static" -DBOBOLINK_EXECUTABLE="$PWD/tool" ||
		fail "configure"
	must_build "$generator"
	! grep -q 'unproven' log || fail "$generator: the function was not called"
	tables "$generator" "one users"
	quiet "$generator"

	backfill 2
	must_not_build "$generator: a function that does something else"
	log_has '0003_one.sql:3:1.*error:.*CHECK'
done

# Without the function nothing can be linked; without the module nothing is proved.
backfill 1
rm app/migrations/0003_one.sql
sed -i 's/ app.c backfill.c/ app.c/; s/ SEED OFF/ SEED OFF)/; /SHADOW_EXTENSIONS/d' app/CMakeLists.txt
configure || fail "configure without the module"
must_not_build "a function that is missing"
log_has 'note: the up was not run: no module has the function backfill_users'
log_has 'undefined.*backfill_users'
