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

/* What another program does that goes on with migration 4, and is stopped behind its third statement. */
static int go_on(void *context, const struct bobolink_progress *progress)
{
	struct fixture *fixture = context;
	sqlite3 *other;

	if (progress->version != 4 || progress->statement != 2)
		return 0;
	other = database_open(fixture->url);
	database_run(other, "INSERT INTO x VALUES (1);"
			    "UPDATE bobolink_history SET statements_done = 3 WHERE version = 4;"
			    "UPDATE bobolink_head SET revision = revision + 2");
	sqlite3_close(other);
	return 0;
}

static void a_refusal_does_not_forget_what_others_have_done_since(void **state)
{
	struct fixture *fixture = *state;

	database_run(fixture->db, "PRAGMA journal_mode=WAL");
	hand_set_add(fixture->set, 4, "wal", OUTSIDE, "CREATE TABLE x (y)", "VACUUM nowhere",
		     "INSERT INTO x VALUES (1)", "INSERT INTO x VALUES (2)", NULL);
	hand_set_statement_flags(fixture->set, 1, REPEATABLE);
	fixture->options.progress = go_on;
	fixture->options.progress_context = fixture;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	assert_int_equal(database_number(fixture->db, "SELECT statements_done FROM "
						      "bobolink_history WHERE version = 4"),
			 3);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_string_equal(database_text(fixture->db, "SELECT group_concat(y) FROM x"), "1,2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_change_to_wal_leaves_the_file_to_others),
		FIXTURE_TEST(a_refusal_does_not_forget_what_others_have_done_since),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
