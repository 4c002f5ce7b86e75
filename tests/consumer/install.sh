# install.sh static|shared|runtime-only|sqlite-only|postgres-only: installs a package for the other tests.
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
sqlite-only) # as on a machine without libpq
	cmake -S "$SOURCE" -B build -DCMAKE_DISABLE_FIND_PACKAGE_PostgreSQL=ON \
		-DCMAKE_INSTALL_PREFIX="$prefix" -DBOBOLINK_BUILD_EXAMPLES=OFF >log 2>&1 ||
		fail "configure"
	log_has 'PostgreSQL: no, its library was not found'
	cmake --build build -j 2 >log 2>&1 || fail "build"
	cmake --install build >log || fail "install"
	[ -z "$(find "$prefix" -name 'bobolink-postgres*' -o -name postgres.h)" ] ||
		fail "there is something of PostgreSQL"
	ldd "$prefix/bin/bobolink" >log
	! grep -q libpq log || fail "the tool links libpq"
	;;
postgres-only) # as on a machine without SQLite
	! cmake -S "$SOURCE" -B build -DBOBOLINK_WITH_POSTGRES=perhaps >log 2>&1 ||
		fail "configured with a wrong option"
	log_says 'it is ON, OFF or AUTO'
	! cmake -S "$SOURCE" -B build -DBOBOLINK_WITH_SQLITE=OFF -DBOBOLINK_WITH_POSTGRES=OFF \
		>log 2>&1 || fail "configured without a database"
	log_says 'a build without any database does nothing'
	! cmake -S "$SOURCE" -B build -DBOBOLINK_WITH_SQLITE=OFF -DBOBOLINK_WITH_POSTGRES=ON \
		-DCMAKE_DISABLE_FIND_PACKAGE_PostgreSQL=ON >log 2>&1 || fail "configured without libpq"
	log_says 'install libpq 14 or newer'
	rm -rf build
	cmake -S "$SOURCE" -B build -DBOBOLINK_WITH_SQLITE=OFF -DBOBOLINK_WITH_POSTGRES=ON \
		-DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON -DBOBOLINK_BUILD_TESTS=OFF \
		-DCMAKE_INSTALL_PREFIX="$prefix" >log 2>&1 || fail "configure"
	cmake --build build -j 2 >log 2>&1 || fail "build"
	cmake --install build >log || fail "install"
	! grep -rIlE 'SQLite(3)?::' "$prefix"/lib/cmake/bobolink/bobolink-targets*.cmake \
		"$prefix"/lib/cmake/bobolink/bobolink-postgres*.cmake || fail "it asks for SQLite"
	[ -z "$(find "$prefix" -name '*bobolink-sqlite3*' -o -name sqlite3.h -o -name bobolink.pc)" ] ||
		fail "there is something of SQLite"
	ldd "$prefix/bin/bobolink" build/examples/demo-postgres/shop >log
	log_has libpq
	! grep -q libsqlite3 log || fail "the tool or the demo links SQLite"
	;;
esac

[ "$1" = postgres-only ] ||
	! grep -rIl 'libpq\|PostgreSQL::' "$prefix"/lib/cmake/bobolink/bobolink-targets*.cmake \
		"$prefix"/lib/cmake/bobolink/bobolink-sqlite3*.cmake \
		"$prefix/lib/pkgconfig/bobolink.pc" || fail "what SQLite needs asks for libpq"
! grep -rIl "$BUILD\|$SOURCE" "$prefix/lib/cmake" "$prefix/lib/pkgconfig" ||
	fail "the package names the folder it was built in"
