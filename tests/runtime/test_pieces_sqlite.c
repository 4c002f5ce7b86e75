/*
 * Migrations outside a transaction on SQLite: the lock on the file across a change of journal mode.
 */
#include "fixture.h"

#define OUTSIDE	   BOBOLINK_SECTION_NO_TRANSACTION
#define REPEATABLE (BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE)

static void a_change_to_wal_leaves_the_file_to_others(void **state)
{
	struct fixture *fixture = *state;
	sqlite3 *other;

	hand_set_add(fixture->set, 4, "wal", OUTSIDE, "CREATE TABLE x (y)",
		     "PRAGMA journal_mode=WAL", "INSERT INTO x VALUES (1)", NULL);
	hand_set_statement_flags(fixture->set, 1, REPEATABLE);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_string_equal(database_text(fixture->db, "PRAGMA journal_mode"), "wal");
	other = database_open(fixture->url);
	database_run(other, "INSERT INTO x VALUES (2)");
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM x"), 2);
	sqlite3_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_change_to_wal_leaves_the_file_to_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
