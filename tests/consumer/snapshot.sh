# A build without a PostgreSQL server: migrations.snapshot stands for one, and the build notices what becomes of it.
. "$SOURCE/tests/consumer/lib.sh"
export BOBOLINK_POSTGRES_BINDIR=/nowhere
unset BOBOLINK_SHADOW_URL || true
case=$SOURCE/tests/golden/snapshot-stands-for-a-server/migrations
tool=$packages/static/bin/bobolink
snapshot=app/migrations/migrations.snapshot
generated=build/app_migrations.bobolink/app_migrations.c

new_project
rm app/migrations/*
cp "$case"/*.sql app/migrations/
cp "$fixtures/app_postgres.c" app/app.c
echo '#include "app_migrations.h"' >>app/app.c
echo 'const struct bobolink_set *set = &app_migrations;' >>app/app.c
sed -i 's/DATABASE sqlite/DATABASE postgres WARNINGS_AS_ERRORS/' app/CMakeLists.txt

configure -DCMAKE_PREFIX_PATH="$packages/static" || fail "configure"
must_not_build "neither server nor snapshot"
log_has '\[unproven\]'

cp "$case/migrations.snapshot" app/migrations/
must_build "with a snapshot"
[ "$(./build/app)" = linked ] || fail "the program does not run"
quiet "with a snapshot"
cp "$generated" first.c
grep -q 'ALTER TABLE public.users ADD COLUMN mail\|ALTER TABLE users ADD COLUMN mail' first.c ||
	fail "the code lacks the migrations"

sed -i 's/text NOT NULL/text/' $snapshot
must_not_build "an edit of the snapshot"
log_has '/migrations.snapshot:3:1: error: .*\[snapshot-edited\]'
cp "$case/migrations.snapshot" app/migrations/
must_build "the edit is undone"
quiet "the edit is undone"

touch app/app.c
must_build "an edit of C code"
! grep -q 'Checking the migrations' log || fail "an edit of C code runs the tool"

cat >app/migrations/0003_names.sql <<'SQL'
-- migrate:up
CREATE TABLE names (name text);
-- migrate:down
DROP TABLE names;
SQL
must_not_build "a migration that is not in the snapshot"
log_has '/0003_names.sql:1:1: error: .*\[stale-snapshot\]'
log_has 'run: bobolink snapshot .*/app/migrations'
rm app/migrations/0003_names.sql

rm $snapshot
must_not_build "the snapshot is gone"
log_has '\[unproven\]'
cp "$case/migrations.snapshot" app/migrations/
must_build "the snapshot is back"

# The same with a server, where there is one.
unset BOBOLINK_POSTGRES_BINDIR
if ! "$tool" check app/migrations --database postgres --shadow on >log 2>&1; then
	grep -q 'no PostgreSQL server .* is installed here' log || fail "check with a server"
	echo "skipped: no PostgreSQL server is installed; what follows needs one"
	exit
fi
mkdir server
"$tool" compile app/migrations --database postgres --shadow on --name app --output server >log 2>&1 ||
	fail "compile with a server"
cmp first.c server/app_migrations.c >log || fail "the code made from a snapshot is another"
cp $snapshot before
"$tool" snapshot app/migrations >log 2>&1 || fail "snapshot"
[ "$(sed 1d before)" = "$(sed 1d $snapshot)" ] || fail "the snapshot is another"
