# An application that builds SQLite itself names its target, and no other SQLite is linked.
. "$SOURCE/tests/consumer/lib.sh"

new_project
cat >app/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.21)
project(app LANGUAGES C)

find_library(sqlite_archive libsqlite3.a REQUIRED)
add_library(own_sqlite STATIC IMPORTED)
set_target_properties(own_sqlite PROPERTIES IMPORTED_LOCATION "${sqlite_archive}"
  INTERFACE_LINK_LIBRARIES "m;${CMAKE_DL_LIBS}")

set(BOBOLINK_SQLITE_TARGET own_sqlite)
find_package(bobolink REQUIRED)
bobolink_add_migrations(app_migrations DATABASE sqlite DIRECTORY migrations)
add_executable(app app.c)
target_link_libraries(app PRIVATE app_migrations)
CMAKE
configure -DCMAKE_PREFIX_PATH="$packages/static" || fail "configure"
must_build "own SQLite"
tables "own SQLite" "users"
ldd build/app >log
! grep -q libsqlite3 log || fail "a second SQLite is linked"
