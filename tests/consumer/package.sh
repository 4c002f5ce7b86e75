# package.sh static|shared: find_package, and what the program links.
. "$SOURCE/tests/consumer/lib.sh"

new_project
# Asking twice, as large projects do, changes nothing.
sed -i "s/^find_package.*/&\n&/" app/CMakeLists.txt
configure -DCMAKE_PREFIX_PATH="$packages/$1" || fail "configure"
must_build "$1"
tables "$1" "users"
ldd build/app >log
! grep -q 'libpq\|libcrypto' log || fail "the program links more than SQLite"
log_has libsqlite3
case $1 in
static) ! grep -q libbobolink log || fail "a shared library is linked" ;;
shared) log_has libbobolink-core.so ;;
esac
./build/app --migrate --migrate-database=sqlite:flags.db >log 2>&1 || fail "--migrate"
./build/app --migrate-check --migrate-database=sqlite:flags.db >log 2>&1 || fail "--migrate-check"

# Moved elsewhere, the package still works.
cp -r "$packages/$1" moved
rm -rf build
configure -DCMAKE_PREFIX_PATH="$PWD/moved" || fail "configure with the moved package"
must_build "moved"
tables "moved" "users"

# The version that is asked for counts.
sed -i 's/find_package(bobolink/& 99.0/' app/CMakeLists.txt
rm -rf build
! configure -DCMAKE_PREFIX_PATH="$packages/$1" || fail "version 99 is found"
