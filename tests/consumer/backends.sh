# A package finds the databases that it holds and that the machine has; whoever uses one of them
# needs nothing of the other.
. "$SOURCE/tests/consumer/lib.sh"
no_libpq=-DCMAKE_DISABLE_FIND_PACKAGE_PostgreSQL=ON
no_sqlite=-DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON

# configured WHAT PACKAGE [ARG...]: ./app is configured afresh with that package.
configured() {
	what=$1
	package=$2
	shift 2
	rm -rf build
	configure -DCMAKE_PREFIX_PATH="$packages/$package" "$@" || fail "$what: configure"
}

# refused WHAT TEXT PACKAGE [ARG...]: the configuration stops and says TEXT.
refused() {
	what=$1
	text=$2
	package=$3
	shift 3
	rm -rf build
	! configure -DCMAKE_PREFIX_PATH="$packages/$package" "$@" || fail "$what: configured"
	log_says "$text"
}

# not_linked LIBRARY: the program does without it.
not_linked() {
	ldd build/app >log
	! grep -q "$1" log || fail "the program links $1"
}

# SQLite alone: on a machine without libpq, and from a package without PostgreSQL.
new_project
configured "both, no libpq" static $no_libpq
must_build "both, no libpq"
tables "both, no libpq" "users"
not_linked libpq
configured "sqlite-only" sqlite-only
must_build "sqlite-only"
tables "sqlite-only" "users"
not_linked libpq
refused "SQLite is missing" 'DATABASE sqlite needs SQLite 3.26 or newer' static $no_sqlite
refused "both are missing" 'install SQLite 3.26 or newer or libpq 14 or newer' static \
	$no_sqlite $no_libpq
refused "the only one is missing" 'install SQLite 3.26 or newer, with its headers' sqlite-only \
	$no_sqlite

# PostgreSQL asked for where it is not.
sed -i 's/DATABASE sqlite/DATABASE postgres/' app/CMakeLists.txt
refused "no libpq" 'DATABASE postgres needs libpq 14 or newer' static $no_libpq
refused "no backend" 'build bobolink with -DBOBOLINK_WITH_POSTGRES=ON' sqlite-only

# PostgreSQL alone: a set of migrations, and the runtime by hand.
cp "$fixtures/app_postgres.c" app/app.c
echo '#include "app_migrations.h"' >>app/app.c
echo 'const struct bobolink_set *set = &app_migrations;' >>app/app.c
for package in static postgres-only; do
	configured "DATABASE postgres, $package" $package $no_sqlite
	must_build "DATABASE postgres, $package"
	[ "$(./build/app)" = linked ] || fail "DATABASE postgres, $package: the program does not run"
	not_linked libsqlite3
	log_has libpq
done
cp "$fixtures/app_postgres.c" app/app.c
cat >app/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.21)
project(app LANGUAGES C)
find_package(bobolink REQUIRED COMPONENTS postgres)
find_package(bobolink REQUIRED COMPONENTS postgres)
add_executable(app app.c)
target_link_libraries(app PRIVATE bobolink::postgres)
CMAKE
for package in static postgres-only; do
	configured "$package" $package $no_sqlite
	must_build "$package"
	[ "$(./build/app)" = linked ] || fail "$package: the program does not run"
	not_linked libsqlite3
	log_has libpq
done
refused "no libpq" 'the library that component postgres needs is missing' static $no_libpq
refused "no component" 'built without the component postgres' sqlite-only
sed -i 's/COMPONENTS postgres/COMPONENTS sqlite3/' app/CMakeLists.txt
refused "no component" 'built without the component sqlite3' postgres-only

! has pkg-config || for package in static postgres-only; do
	export PKG_CONFIG_PATH="$packages/$package/lib/pkgconfig"
	flags=$(pkg-config --cflags --libs bobolink-postgres) || fail "pkg-config"
	eval "$CC -std=c11 -Wall -Wextra -Wpedantic -Werror app/app.c -o app/app $flags" >log 2>&1 ||
		fail "cc"
	[ "$(./app/app)" = linked ] || fail "$package: the program made with pkg-config does not run"
done
