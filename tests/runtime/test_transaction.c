/*
 * Transactions of migrations: foreign keys around a rebuild, and what ends a transaction early.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "database.h"
#include "hand_set.h"

#define FK_OFF BOBOLINK_SECTION_FOREIGN_KEYS_OFF

static int boot(sqlite3 *db, struct hand_set *set, struct bobolink_error *error)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;

	return bobolink_migrate_sqlite3(hand_set(set, bobolink_backend_sqlite3), db, &options,
					error);
}

static int boot_all(sqlite3 *db, struct hand_set *set, struct bobolink_error *error)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;

	options.transaction = BOBOLINK_TRANSACTION_ALL;
	return bobolink_migrate_sqlite3(hand_set(set, bobolink_backend_sqlite3), db, &options,
					error);
}

static const char *const parents =
	"PRAGMA foreign_keys=ON; CREATE TABLE parent (id INTEGER PRIMARY KEY, a);"
	"CREATE TABLE child (p REFERENCES parent (id) ON DELETE CASCADE);"
	"INSERT INTO parent VALUES (1, 'x'), (2, 'y'); INSERT INTO child VALUES (1), (2)";

static void add_rebuild(struct hand_set *set, int64_t version, const char *copy)
{
	hand_set_add(set, version, "rebuild", FK_OFF,
		     "CREATE TABLE fresh (id INTEGER PRIMARY KEY, a TEXT NOT NULL)", copy,
		     "DROP TABLE parent", "ALTER TABLE fresh RENAME TO parent", NULL);
}

static void check_rebuild(int (*boot_with)(sqlite3 *, struct hand_set *, struct bobolink_error *))
{
	struct hand_set *set = hand_set_counting("shop", 1);
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");

	database_run(db, parents);
	add_rebuild(set, 2, "INSERT INTO fresh SELECT id, a FROM parent");
	assert_int_equal(boot_with(db, set, &error), BOBOLINK_OK);
	assert_int_equal(database_number(db, "SELECT count(*) FROM child"), 2);
	assert_int_equal(database_number(db, "PRAGMA foreign_keys"), 1);
	/* They really are on again. */
	database_run(db, "DELETE FROM parent WHERE id = 1");
	assert_int_equal(database_number(db, "SELECT count(*) FROM child"), 1);
	sqlite3_close(db);
	hand_set_free(set);
}

static void a_rebuild_keeps_the_children_of_its_table(void **state)
{
	(void)state;
	check_rebuild(boot);
	check_rebuild(boot_all);
}

static void a_rebuild_that_loses_parents_is_refused(void **state)
{
	struct hand_set *set = hand_set_new("shop");
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");

	(void)state;
	database_run(db, parents);
	add_rebuild(set, 1, "INSERT INTO fresh SELECT id, a FROM parent WHERE id = 1");
	assert_int_equal(boot(db, set, &error), BOBOLINK_FOREIGN_KEY);
	assert_non_null(strstr(error.message, "\"child\""));
	assert_string_equal(error.file, "migrations/0001_rebuild.sql");
	assert_int_equal(database_number(db, "SELECT count(*) FROM parent"), 2);
	assert_int_equal(database_number(db, "SELECT count(*) FROM child"), 2);
	assert_int_equal(database_number(db, "PRAGMA foreign_keys"), 1);
	assert_int_equal(boot(db, set, &error), BOBOLINK_HELD);
	sqlite3_close(db);
	hand_set_free(set);
}

static void violations_that_were_there_before_do_not_count(void **state)
{
	struct hand_set *set = hand_set_new("shop");
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");

	(void)state;
	database_run(db, parents);
	database_run(db, "PRAGMA foreign_keys=OFF; INSERT INTO child VALUES (77); "
			 "PRAGMA foreign_keys=ON");
	add_rebuild(set, 1, "INSERT INTO fresh SELECT id, a FROM parent");
	assert_int_equal(boot(db, set, &error), BOBOLINK_OK);
	assert_int_equal(database_number(db, "SELECT count(*) FROM child"), 3);
	sqlite3_close(db);
	hand_set_free(set);
}

static void a_deferred_violation_is_found_at_commit(void **state)
{
	struct hand_set *set = hand_set_new("shop");
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");

	(void)state;
	database_run(db, parents);
	hand_set_add(set, 1, "orphan", 0, "PRAGMA defer_foreign_keys=ON",
		     "INSERT INTO child VALUES (99)", NULL);
	assert_int_equal(boot(db, set, &error), BOBOLINK_SQL_ERROR);
	assert_string_equal(error.file, "migrations/0001_orphan.sql");
	assert_int_equal(sqlite3_get_autocommit(db), 1);
	assert_int_equal(database_number(db, "SELECT count(*) FROM child"), 2);
	assert_string_equal(database_text(db, "SELECT status FROM bobolink_history"), "failed");
	sqlite3_close(db);
	hand_set_free(set);
}

static void a_statement_that_ends_the_transaction_is_refused(void **state)
{
	static const char *const statements[] = { "COMMIT", "ROLLBACK",
						  "INSERT OR ROLLBACK INTO u VALUES (1)" };
	struct bobolink_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		struct hand_set *set = hand_set_new("shop");
		sqlite3 *db = database_open(":memory:");

		database_run(db, "CREATE TABLE u (x UNIQUE); INSERT INTO u VALUES (1)");
		hand_set_add(set, 1, "ends", 0, statements[i], "CREATE TABLE after (x)", NULL);
		assert_int_equal(boot(db, set, &error), BOBOLINK_SQL_ERROR);
		assert_int_equal(error.line, 1);
		assert_int_equal(sqlite3_get_autocommit(db), 1);
		assert_int_equal(database_number(db, "SELECT count(*) FROM sqlite_master "
						     "WHERE name = 'after'"),
				 0);
		sqlite3_close(db);
		hand_set_free(set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rebuild_keeps_the_children_of_its_table),
		cmocka_unit_test(a_rebuild_that_loses_parents_is_refused),
		cmocka_unit_test(violations_that_were_there_before_do_not_count),
		cmocka_unit_test(a_deferred_violation_is_found_at_commit),
		cmocka_unit_test(a_statement_that_ends_the_transaction_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
