# TYPE OBJECT: the migrations as object files, also inside a shared library.
. "$SOURCE/tests/consumer/lib.sh"

new_project
cat >>app/CMakeLists.txt <<'CMAKE'
add_library(inside SHARED app.c)
target_link_libraries(inside PRIVATE app_migrations)
CMAKE
configure -DCMAKE_PREFIX_PATH="$packages/static" '-DAPP_OPTIONS=TYPE;OBJECT' || fail "configure"
must_build "object"
tables "object" "users"
[ -e build/libinside.so ] || fail "no shared library was made"
[ ! -e build/libapp_migrations.a ] || fail "an archive was made"
table 0002_create_orders.sql orders
must_build "add"
tables "add" "orders users"
quiet "add"
