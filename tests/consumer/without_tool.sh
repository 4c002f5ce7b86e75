# A package without the tool is found and linked; only compiling migrations needs the tool.
. "$SOURCE/tests/consumer/lib.sh"

new_project
if ! has bobolink; then
	! configure -DCMAKE_PREFIX_PATH="$packages/runtime-only" || fail "configured without a tool"
	log_has BOBOLINK_EXECUTABLE
fi

! configure -DCMAKE_PREFIX_PATH="$packages/runtime-only" -DBOBOLINK_EXECUTABLE=/nowhere/bobolink ||
	fail "configured with a tool that is not there"
log_has '/nowhere/bobolink'

"$packages/static/bin/bobolink" compile app/migrations --name app --output app >log 2>&1 ||
	fail "compile"
cat >app/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.21)
project(app LANGUAGES C)
find_package(bobolink REQUIRED COMPONENTS sqlite3 cli)
add_executable(app app.c app_migrations.c)
target_link_libraries(app PRIVATE bobolink::cli bobolink::sqlite3)
CMAKE
rm -rf build
configure -DCMAKE_PREFIX_PATH="$packages/runtime-only" || fail "configure"
must_build "linked by hand"
tables "linked by hand" "users"
