# Each public header compiles alone as C99, C11 and C++11, without a warning.
. "$SOURCE/tests/project/lib.sh"

# Debian keeps libpq's header in a directory of its own.
libpq=
if has pkg-config && pkg-config --exists libpq; then
	libpq=-isystem$(pkg-config --variable=includedir libpq)
fi

count=0
for compiler in gcc clang; do
	has $compiler || continue
	for header in runtime/include/bobolink/*.h; do
		[ -n "$libpq" ] || [ "$(basename "$header")" != postgres.h ] || continue
		for language in c:c99 c:c11 c++:c++11 c++:c++17; do
			[ "${language%%:*}" = c ] || has g++ || continue
			echo "#include <bobolink/$(basename "$header")>" |
				$compiler -x "${language%%:*}" -std="${language#*:}" -Wall -Wextra \
					-Wpedantic -Wconversion -Werror -fsyntax-only $libpq \
					-Iruntime/include - || fail "$header, $compiler, $language"
			count=$((count + 1))
		done
	done
done
[ $count -gt 0 ] || fail "no compiler was tried"
echo "sweep: $count compilations of public headers"
