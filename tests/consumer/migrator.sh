# bobolink_add_migrator: the flags as a program of their own.
. "$SOURCE/tests/consumer/lib.sh"

new_project
cat >app/hooks.c <<'C'
#include <stdio.h>

int greet(void *connection, void *context);

int greet(void *connection, void *context)
{
	(void)context;
	return connection ? puts("opened") < 0 : 1;
}
C
cat >>app/CMakeLists.txt <<'CMAKE'
bobolink_add_migrator(app-migrate app_migrations DEFAULT_URL "sqlite:a \"b\"??!.db")
bobolink_add_migrator(app-hooked app_migrations SOURCES hooks.c ON_OPEN greet)
CMAKE
configure -DCMAKE_PREFIX_PATH="$packages/static" \
	-DCMAKE_C_STANDARD=11 -DCMAKE_C_EXTENSIONS=OFF '-DCMAKE_C_FLAGS=-Wall -Wextra -Werror' ||
	fail "configure"
must_build "migrator"

./build/app-migrate --migrate >log 2>&1 || fail "--migrate"
[ -e 'a "b"??!.db' ] || fail "the default URL is not used"
./build/app-migrate --migrate-check >log 2>&1 || fail "--migrate-check on the default"
tables "the program" "users"
./build/app-migrate --migrate-status --migrate-database=sqlite:test.db >log 2>&1 || fail "status"
log_has create_users

code=0
./build/app-migrate >log 2>&1 || code=$?
[ $code -eq 2 ] || fail "without a flag the exit status is $code, not 2"
log_has '^usage: '
code=0
./build/app-migrate --migrat >log 2>&1 || code=$?
[ $code -eq 2 ] || fail "with a wrong flag the exit status is $code, not 2"
./build/app-migrate --help >log 2>&1 || fail "--help"
log_has '^usage: '

code=0
./build/app-hooked --migrate >log 2>&1 || code=$?
[ $code -eq 3 ] || fail "without a database the exit status is $code, not 3"
./build/app-hooked --migrate --migrate-database=sqlite:hooked.db >log 2>&1 || fail "hooked"
log_has '^opened$'
