# install.sh static|shared|runtime-only: installs a package for the other tests.
. "$SOURCE/tests/consumer/lib.sh"

prefix="$packages/$1"
rm -rf "$prefix"
case $1 in
static)
	cmake --install "$BUILD" --prefix "$prefix" >log || fail "install"
	[ -x "$prefix/bin/bobolink" ] || fail "the tool is not installed"
	;;
shared)
	cmake -S "$SOURCE" -B build -DBUILD_SHARED_LIBS=ON -DCMAKE_INSTALL_PREFIX="$prefix" \
		-DBOBOLINK_BUILD_EXAMPLES=OFF >log 2>&1 || fail "configure"
	cmake --build build -j 2 >log 2>&1 || fail "build"
	cmake --install build >log || fail "install"
	"$prefix/bin/bobolink" --version >log || fail "the installed tool does not start"
	[ -e "$prefix/lib/libbobolink-core.so" ] || fail "there is no shared library"
	;;
runtime-only)
	cmake -S "$SOURCE" -B build -DBOBOLINK_BUILD_COMPILER=OFF \
		-DCMAKE_INSTALL_PREFIX="$prefix" >log 2>&1 || fail "configure"
	cmake --build build -j 2 >log 2>&1 || fail "build"
	cmake --install build >log || fail "install"
	[ ! -e "$prefix/bin/bobolink" ] || fail "a tool is installed"
	;;
esac

! grep -rIl 'libpq\|PostgreSQL::' "$prefix"/lib/cmake/bobolink/bobolink-targets*.cmake \
	"$prefix"/lib/cmake/bobolink/bobolink-sqlite3*.cmake "$prefix/lib/pkgconfig/bobolink.pc" ||
	fail "what SQLite needs asks for libpq"
! grep -rIl "$BUILD\|$SOURCE" "$prefix/lib/cmake" "$prefix/lib/pkgconfig" ||
	fail "the package names the folder it was built in"
