# A C++ program includes the headers and the generated header, and links; a function that a migration calls may be C++.
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

cat >app/migrations/0002_call.sql <<'SQL'
-- migrate:up call:make_table
-- migrate:down
DROP TABLE made_by_cxx;
SQL
mkdir app/migrations/fixes
cat >app/migrations/fixes/0001_mend.sql <<'SQL'
-- fix:should-run requires:0001
SELECT EXISTS (SELECT 1 FROM users);
-- fix:execute
DELETE FROM users WHERE id = 1;
SQL
echo 'CREATE VIEW IF NOT EXISTS names AS SELECT id FROM users;' >app/migrations/R__names.sql
cat >>app/app.cpp <<'C'

int make_table(struct bobolink_step *step)
{
	sqlite3 *db = static_cast<sqlite3 *>(bobolink_step_connection(step));

	if (sqlite3_exec(db, "CREATE TABLE made_by_cxx (id INTEGER)", nullptr, nullptr, nullptr) != SQLITE_OK)
		return bobolink_step_fail(step, "%s", sqlite3_errmsg(db));
	return BOBOLINK_OK;
}
C
must_build "a function in C++"
tables "a function in C++" "made_by_cxx users"
