# A C++ program includes the headers and the generated header, and links.
. "$SOURCE/tests/consumer/lib.sh"
skip_without c++

new_project
mv app/app.c app/app.cpp
sed -i 's/LANGUAGES C/LANGUAGES C CXX/; s/app\.c)/app.cpp)/' app/CMakeLists.txt
configure -DCMAKE_PREFIX_PATH="$packages/static" -DCMAKE_CXX_STANDARD=11 \
	-DCMAKE_CXX_EXTENSIONS=OFF '-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Werror' ||
	fail "configure"
must_build "C++"
tables "C++" "users"
