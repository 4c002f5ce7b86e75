# Every option reaches the tool, and a change of options alone builds anew.
. "$SOURCE/tests/consumer/lib.sh"

new_project
for generator in Ninja "Unix Makefiles"; do
	[ "$generator" != Ninja ] || has ninja || continue
	rm -rf build app/migrations
	mkdir app/migrations
	table 0001_create_users.sql users
	configure -DCMAKE_PREFIX_PATH="$packages/static" || fail "configure"
	must_build "$generator"

	configure -DAPP_OPTIONS=LOCKED || fail "configure LOCKED"
	must_not_build "$generator: LOCKED without a lock file"
	"$packages/static/bin/bobolink" lock app/migrations >log 2>&1 || fail "lock"
	must_build "$generator: LOCKED"
	tables "$generator: LOCKED" "users"

	table 0000_before.sql before
	must_not_build "$generator: out of order"
	configure -DAPP_OPTIONS=OUT_OF_ORDER || fail "configure OUT_OF_ORDER"
	must_build "$generator: OUT_OF_ORDER"
	rm app/migrations/0000_before.sql app/migrations/migrations.lock

	echo 'CREATE TABLE words AS SELECT normalize(1) AS word;' >app/migrations/0002_words.sql
	configure -DAPP_OPTIONS= || fail "configure"
	must_not_build "$generator: an unknown function"
	log_has '0002_words.sql:1:.*error:.*normalize'
	configure '-DAPP_OPTIONS=SHADOW_FUNCTIONS;normalize/1;other/-1' || fail "configure"
	must_build "$generator: SHADOW_FUNCTIONS"
	configure '-DAPP_OPTIONS=SHADOW;OFF' || fail "configure SHADOW OFF"
	must_build "$generator: SHADOW OFF"
	rm app/migrations/0002_words.sql

	configure '-DAPP_OPTIONS=EMBED;NONE;SHADOW;ON' || fail "configure EMBED"
	must_build "$generator: EMBED NONE"
	tables "$generator: EMBED NONE" "users"

	: >app/migrations/0002_empty.sql
	must_build "$generator: a warning"
	log_has 'warning: .*\[empty-migration\]'
	configure '-DAPP_OPTIONS=WARNINGS_AS_ERRORS' || fail "configure WARNINGS_AS_ERRORS"
	must_not_build "$generator: WARNINGS_AS_ERRORS"
	rm app/migrations/0002_empty.sql
done

# NAME is the name in C and in the database.
sed -i 's/app_migrations DATABASE/store_migrations DATABASE/; s/DIRECTORY/NAME app DIRECTORY/
	s/PRIVATE app_migrations/PRIVATE store_migrations/' app/CMakeLists.txt
configure -DAPP_OPTIONS= || fail "configure NAME"
must_build "NAME"
tables "NAME" "users"
