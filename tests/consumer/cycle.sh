# cycle.sh GENERATOR: what happens to the folder of migrations is noticed by the next build.
. "$SOURCE/tests/consumer/lib.sh"
generator=$1
[ "$generator" != Ninja ] || skip_without ninja

new_project
configure -DCMAKE_PREFIX_PATH="$packages/static" || fail "configure"
must_build "first"
tables "first" "users"
quiet "first"

table 0002_create_orders.sql orders
must_build "add"
tables "add" "orders users"
quiet "add"

table 0002_create_orders.sql invoices
must_build "edit"
tables "edit" "invoices users"
quiet "edit"

mv app/migrations/0002_create_orders.sql app/migrations/0003_create_invoices.sql
must_build "rename"
tables "rename" "invoices users"
./build/app --migrate-plan --migrate-database=sqlite:other.db >log
log_has create_invoices
! grep -q create_orders log || fail "rename: the old name is still in the program"
quiet "rename"

rm app/migrations/0003_create_invoices.sql
must_build "delete"
tables "delete" "users"
quiet "delete"

table 0004_create_items.sql items
echo 'CREATE TABLE broken (id INTEGER,);' >app/migrations/0005_broken.sql
must_not_build "break"
log_has '/migrations/0005_broken.sql:1:[0-9]*: error: '
must_not_build "break, built again"
log_has '/migrations/0005_broken.sql:1:[0-9]*: error: '
tables "break: the old program" "users"
table 0005_broken.sql mended
must_build "mend"
tables "mend" "items mended users"
quiet "mend"

echo 'CREATE TABLE broken (id INTEGER,);' >app/migrations/0006_broken.sql
must_not_build "break again"
rm app/migrations/0006_broken.sql
must_build "mend by deleting"
tables "mend by deleting" "items mended users"
quiet "mend by deleting"

sleep 1
touch app/migrations/0004_create_items.sql
must_build "touch"
quiet "touch"

"$packages/static/bin/bobolink" lock app/migrations >log 2>&1 || fail "lock"
must_build "lock"
quiet "lock"
table 0005_broken.sql edited_after_locking
must_not_build "edit a locked migration"
log_has '0005_broken.sql'
table 0005_broken.sql mended
must_build "undo the edit"
rm app/migrations/migrations.lock
table 0005_broken.sql edited
must_build "without a lock file"
tables "without a lock file" "edited items users"
quiet "without a lock file"

mkdir app/migrations/0007_folder
echo 'CREATE TABLE folder (id INTEGER PRIMARY KEY);' >app/migrations/0007_folder/up.sql
must_build "a directory"
tables "a directory" "edited folder items users"
quiet "a directory"
echo 'DROP TABLE wrong;' >app/migrations/0007_folder/down.sql
must_not_build "a broken down in a directory"
log_has '/0007_folder/down.sql:1:'
echo 'DROP TABLE folder;' >app/migrations/0007_folder/down.sql
must_build "a down in a directory"
quiet "a down in a directory"
rm -r app/migrations/0007_folder
must_build "the directory is gone"
tables "the directory is gone" "edited items users"

rm build/app_migrations.bobolink/app_migrations.c
must_build "generated file deleted"
tables "generated file deleted" "edited items users"

echo '-- not SQL' >app/migrations/notes.txt
must_not_build "a foreign file"
log_has 'notes.txt'
rm app/migrations/notes.txt
must_build "the foreign file is gone"
touch app/migrations/.hidden.swp
must_build "hidden file"
quiet "hidden file"
