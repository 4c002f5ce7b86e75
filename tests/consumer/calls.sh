# calls.sh GENERATOR: a migration that calls a function of the program. One that is missing is an error of the linker, one with another
# signature an error of the compiler; the build runs it when it gets it in a module, and notices when that changes.
. "$SOURCE/tests/consumer/lib.sh"
generator=$1
[ "$generator" != Ninja ] || skip_without ninja

new_project
cat >app/migrations/0002_number_users.sql <<'SQL'
-- migrate:up call:number_users
-- migrate:down
DELETE FROM users WHERE id = 7;
SQL
configure -DCMAKE_PREFIX_PATH="$packages/static" || fail "configure"
must_not_build "a function that is missing"
log_has 'number_users'
log_has 'undefined reference\|undefined symbol\|symbol(s) not found'
log_has '/0002_number_users.sql:1:1: note: .* no module has the function number_users'

echo 'int number_users(void *step) { return step == 0; }' >>app/app.c
must_not_build "another signature"
log_has 'conflicting types for .number_users.'
log_has 'app_migrations.h:[0-9]*:'

# numbers ID: the function, in a file of its own, which makes a user.
numbers() {
	cat >app/numbers.c <<C
#include <bobolink/sqlite3.h>

int number_users(struct bobolink_step *step);

int number_users(struct bobolink_step *step)
{
	sqlite3 *db = bobolink_step_connection(step);

	if (sqlite3_exec(db, "INSERT INTO users (id) VALUES ($1)", 0, 0, 0) != SQLITE_OK)
		return bobolink_step_fail(step, "%s", sqlite3_errmsg(db));
	return BOBOLINK_OK;
}
C
}

cp "$fixtures/app.c" app/app.c
numbers 7
sed -i 's/app\.c)/app.c numbers.c)/' app/CMakeLists.txt
must_build "without a module"
tables "without a module" "users"
quiet "without a module"

# The module is a target of the same build, and what it does is proved.
sed -i 's/^find_package.*/&\
add_library(numbers MODULE numbers.c)\
target_link_libraries(numbers PRIVATE bobolink::sqlite3)/' app/CMakeLists.txt
must_build "a module that is not named yet"
cmake -S app -B build -DAPP_OPTIONS='SHADOW_EXTENSIONS;numbers;WARNINGS_AS_ERRORS' >log 2>&1 || fail "configure with a module"
must_build "a module"
! grep -q 'number_users.sql' log || fail "a function that a module has is not run"
tables "a module" "users"
quiet "a module"

# A row that nothing takes away again: the module has changed, and the migrations are checked again.
numbers "'x'"
must_not_build "a function that fails"
log_has '/0002_number_users.sql:1:1: error: .*datatype mismatch'
numbers 7
must_build "a function that works again"
tables "a function that works again" "users"
quiet "a function that works again"

# The wrong module.
sed -i 's/number_users/count_users/g' app/numbers.c
must_not_build "a module without the function"
log_has 'it has neither an entry point for SQLite nor a function that the migrations call'
numbers 7
must_build "the right module"

# A fix may call one as well, and a migrator needs the file.
mkdir app/migrations/fixes
cat >app/migrations/fixes/0001_number_again.sql <<'SQL'
-- fix:should-run requires:0002
SELECT NOT EXISTS (SELECT 1 FROM users WHERE id = 8);
-- fix:execute call:number_again
SQL
cat >>app/CMakeLists.txt <<'CMAKE'
bobolink_add_migrator(app-migrate app_migrations DEFAULT_URL sqlite:test.db SOURCES numbers.c)
CMAKE
must_not_build "a fix whose function is missing"
log_has 'number_again'
numbers 7
sed 's/number_users/number_again/; s/(7)/(8)/' app/numbers.c | sed -n '/^int/,$p' >more
cat more >>app/numbers.c
must_build "a fix that calls a function"
tables "a fix that calls a function" "users"
rm -f test.db
./build/app-migrate --migrate >log 2>&1 || fail "the migrator does not migrate"
./build/app-migrate --migrate-fixes >log 2>&1 || fail "the migrator does not tell of the fix"
log_has '^F0001  number_again  *applied'
