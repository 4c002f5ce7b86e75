# Without CMake: the tool by hand, cc and pkg-config.
. "$SOURCE/tests/consumer/lib.sh"
skip_without pkg-config

new_project
export PKG_CONFIG_PATH="$packages/static/lib/pkgconfig"
# pkg-config quotes blanks in paths for the shell.
flags=$(pkg-config --cflags --libs bobolink) || fail "pkg-config"
"$packages/static/bin/bobolink" compile app/migrations --name app --output . >log 2>&1 ||
	fail "compile"
eval "$CC -std=c11 -Wall -Wextra -Wpedantic -Werror -I. app/app.c app_migrations.c -o app/app $flags" \
	>log 2>&1 || fail "cc"
program=./app/app
tables "pkg-config" "users"
pkg-config --print-requires bobolink >log
! grep -q libpq log || fail "the package asks for libpq"
