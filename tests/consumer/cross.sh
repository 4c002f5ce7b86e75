# A cross build does not run a tool made for the target; it uses BOBOLINK_EXECUTABLE.
. "$SOURCE/tests/consumer/lib.sh"

new_project
sed -i "s|find_package(bobolink REQUIRED)|add_subdirectory(\"$SOURCE\" bobolink)|" app/CMakeLists.txt
if ! has bobolink; then
	! configure -DCMAKE_SYSTEM_NAME=Linux || fail "configured without a tool"
	log_has BOBOLINK_EXECUTABLE
fi

rm -rf build
configure -DCMAKE_SYSTEM_NAME=Linux -DBOBOLINK_EXECUTABLE="$packages/static/bin/bobolink" ||
	fail "configure"
cmake --build build -j 2 >log 2>&1 || fail "build"
tables "cross" "users"
[ -z "$(find build -name bobolink -type f)" ] || fail "a tool was built for the target"
table 0002_create_orders.sql orders
must_build "add"
tables "add" "orders users"

# An installed package for the target, with a tool for the host.
rm -rf build
sed -i 's|add_subdirectory.*|find_package(bobolink REQUIRED)|' app/CMakeLists.txt
configure -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_PREFIX_PATH="$packages/runtime-only" \
	-DBOBOLINK_EXECUTABLE="$packages/static/bin/bobolink" || fail "configure the package"
must_build "package"
tables "package" "orders users"
