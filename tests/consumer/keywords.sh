# Wrong calls of the CMake functions stop the configuration with a text that helps.
. "$SOURCE/tests/consumer/lib.sh"

new_project

# refuses ARGUMENTS TEXT: bobolink_add_migrations(app_migrations ARGUMENTS) fails and says TEXT.
refuses() {
	cat >app/CMakeLists.txt <<CMAKE
cmake_minimum_required(VERSION 3.21)
project(app LANGUAGES ${languages:-C})
find_package(bobolink REQUIRED)
bobolink_add_migrations(app_migrations $1)
CMAKE
	rm -rf build
	! configure -DCMAKE_PREFIX_PATH="$packages/static" || fail "accepted: $1"
	log_says "$2"
}

ok='DATABASE sqlite DIRECTORY migrations'
refuses "DIRECTORY migrations" "DATABASE is missing"
refuses "DATABASE sqlite" "DIRECTORY is missing"
refuses "DATABASE sqlite DIRECTORY nowhere" "there is no directory"
refuses "DATABASE mysql DIRECTORY migrations" 'unknown DATABASE "mysql"; use sqlite or postgres'
refuses "$ok LOCKD" 'unknown argument "LOCKD"; the keywords are LOCKED'
refuses "$ok LOCKED ON" 'unknown argument "ON"'
refuses "DATABASE sqlite DIRECTORY LOCKED" "no value is given for DIRECTORY"
refuses "$ok NAME" "no value is given for NAME"
refuses "$ok NAME \"\"" "no value is given for NAME"
refuses "$ok NAME \"\" LOCKED" "no value is given for NAME"
refuses "$ok SHADOW_FUNCTIONS" "no value is given for SHADOW_FUNCTIONS"
refuses "$ok SHADOW_FUNCTIONS normalize" "write it like normalize/1"
refuses "$ok SHADOW perhaps" "is none of AUTO, ON, OFF"
refuses "$ok SEED maybe" "is none of ON, OFF"
refuses "$ok EMBED all" "is none of DELTAS, HEAD, NONE"
refuses "$ok TYPE SHARED" "is none of STATIC, OBJECT"
refuses "$ok REQUIRES other" 'there is no target "other"'
refuses "$ok DATABASE sqlite" "DATABASE is given twice"
refuses "$ok NAME my-shop" "cannot be a name in C"
refuses "$ok)
bobolink_add_migrator(app-migrate nothing" 'there is no target "nothing"'
refuses "$ok)
bobolink_add_migrator(app-migrate bobolink::core" "was not made by bobolink_add_migrations"
refuses "$ok)
bobolink_add_migrator(app-migrate app_migrations DEFAULT" 'unknown argument "DEFAULT"'
languages=CXX
! has c++ || refuses "$ok" "add C to the languages"
