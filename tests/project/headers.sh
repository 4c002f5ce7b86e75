# Each public header compiles alone as C99, C11 and C++11, without a warning.
. "$SOURCE/tests/project/lib.sh"

count=0
for compiler in gcc clang; do
	has $compiler || continue
	for header in runtime/include/bobolink/*.h; do
		for language in c:c99 c:c11 c++:c++11 c++:c++17; do
			[ "${language%%:*}" = c ] || has g++ || continue
			echo "#include <bobolink/$(basename "$header")>" |
				$compiler -x "${language%%:*}" -std="${language#*:}" -Wall -Wextra \
					-Wpedantic -Wconversion -Werror -fsyntax-only \
					-Iruntime/include - || fail "$header, $compiler, $language"
			count=$((count + 1))
		done
	done
done
[ $count -gt 0 ] || fail "no compiler was tried"
echo "sweep: $count compilations of public headers"
