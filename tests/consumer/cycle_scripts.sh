# cycle_scripts.sh GENERATOR: what happens to fixes and repeatables is noticed by the next build.
. "$SOURCE/tests/consumer/lib.sh"
generator=$1
[ "$generator" != Ninja ] || skip_without ninja

# fix FILE TABLE: writes a fix that makes a table where there is none.
fix() {
	mkdir -p app/migrations/fixes
	cat >"app/migrations/fixes/$1" <<SQL
-- Makes $2.

-- fix:should-run requires:0001
SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'users')
	AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '$2');
-- fix:execute
CREATE TABLE $2 (id INTEGER PRIMARY KEY);
SQL
}

# repeatable FILE TABLE: writes a repeatable that makes a table.
repeatable() {
	echo "CREATE TABLE IF NOT EXISTS $2 (id INTEGER PRIMARY KEY);" >"app/migrations/$1"
}

new_project
configure -DCMAKE_PREFIX_PATH="$packages/static" || fail "configure"
must_build "first"
tables "first" "users"

fix 0001_mend.sql mended
must_build "add a fix, and its folder"
tables "add a fix, and its folder" "mended users"
quiet "add a fix, and its folder"

fix 0002_more.sql more
must_build "add another fix"
tables "add another fix" "mended more users"
quiet "add another fix"

fix 0001_mend.sql repaired
must_build "edit a fix"
tables "edit a fix" "more repaired users"
quiet "edit a fix"

echo '-- fix:undoo' >>app/migrations/fixes/0002_more.sql
must_not_build "break a fix"
log_has '/fixes/0002_more.sql:8:1: error: '
must_not_build "break a fix, built again"
rm app/migrations/fixes/0002_more.sql
must_build "delete a fix"
tables "delete a fix" "repaired users"
quiet "delete a fix"

mv app/migrations/fixes/0001_mend.sql app/migrations/fixes/0003_mend.sql
must_build "rename a fix"
grep -q 0003_mend build/app_migrations.bobolink/app_migrations.c ||
	fail "rename a fix: the new name is not in the generated file"
quiet "rename a fix"

repeatable R__totals.sql totals
must_build "add a repeatable"
tables "add a repeatable" "repaired totals users"
quiet "add a repeatable"

repeatable R__totals.sql sums
must_build "edit a repeatable"
tables "edit a repeatable" "repaired sums users"
quiet "edit a repeatable"

echo 'CREATE TABLE broken (id INTEGER,);' >app/migrations/R__broken.sql
must_not_build "a broken repeatable"
log_has '/R__broken.sql:1:[0-9]*: error: '
rm app/migrations/R__broken.sql
must_build "the broken one is gone"
rm app/migrations/R__totals.sql
must_build "delete a repeatable"
tables "delete a repeatable" "repaired users"
quiet "delete a repeatable"

rm -r app/migrations/fixes
must_build "the folder is gone"
tables "the folder is gone" "users"
quiet "the folder is gone"
