# subproject.sh add_subdirectory|fetch_content: bobolink's source as a part of the user's project.
. "$SOURCE/tests/consumer/lib.sh"

new_project
case $1 in
add_subdirectory) get="add_subdirectory(\"$SOURCE\" bobolink)" ;;
fetch_content)
	get="include(FetchContent)
FetchContent_Declare(bobolink SOURCE_DIR \"$SOURCE\")
FetchContent_MakeAvailable(bobolink)"
	;;
esac
cat >app/CMakeLists.txt <<CMAKE
cmake_minimum_required(VERSION 3.21)
project(app LANGUAGES C)
$get
bobolink_add_migrations(app_migrations DATABASE sqlite DIRECTORY migrations)
add_executable(app app.c)
target_link_libraries(app PRIVATE app_migrations)
install(TARGETS app)
CMAKE
configure || fail "configure"
cmake --build build -j 2 >log 2>&1 || fail "build"
tables "$1" "users"
quiet "$1"
table 0002_create_orders.sql orders
must_build "add"
tables "add" "orders users"
cmake --install build --prefix installed >log || fail "install"
[ "$(find installed -type f)" = installed/bin/app ] || fail "more than the application is installed"
[ ! -e build/bobolink/tests ] || fail "bobolink's tests are part of the build"
