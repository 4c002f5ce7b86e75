/* Inventories of PostgreSQL databases do not depend on the settings of who reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <bobolink/postgres.h>

#include "inventories.h"
#include "pg_inventories.h"
#include "server.h"

static int count_difference(void *context, const struct bobolink_object *before,
			    const struct bobolink_object *after)
{
	(void)before;
	(void)after;
	++*(int *)context;
	return 0;
}

/* What a role or a database has set for itself changes how names and constants are written, not what they are. */
static void settings_do_not_change_what_is_read(void **state)
{
	static const char settings[] =
		"SET quote_all_identifiers = on; SET DateStyle = 'German, DMY';"
		"SET IntervalStyle = 'sql_standard'; SET TimeZone = 'Asia/Tokyo';"
		"SET extra_float_digits = -5; SET bytea_output = 'escape'";
	struct pg_database connection;
	struct bobolink_inventory *before;
	struct bobolink_inventory *after;
	int differences = 0;

	(void)state;
	pg_database_open(
		&connection,
		"CREATE TABLE t (day date DEFAULT '2026-01-31',"
		" at timestamptz DEFAULT '2026-01-31 12:00:00+00', lasts interval DEFAULT '1 day "
		"02:03',"
		" share float8 DEFAULT '0.1234567890123456', raw bytea DEFAULT '\\x00ff');"
		"CREATE TABLE p (at timestamptz) PARTITION BY RANGE (at);"
		"CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2026-01-31 00:00:00+00') TO "
		"('2026-02-28 00:00:00+00');"
		"CREATE VIEW v AS SELECT day FROM t WHERE at > '2026-01-31 12:00:00+00'");
	before = pg_inventory(&connection, NULL);
	pg_run(connection.pg, settings);
	after = pg_inventory(&connection, NULL);
	bobolink_inventory_compare(before, after, count_difference, &differences);
	assert_int_equal(differences, 0);
	assert_string_equal(pg_text(connection.pg, "SHOW DateStyle"), "German, DMY");
	assert_string_equal(pg_text(connection.pg, "SHOW TimeZone"), "Asia/Tokyo");
	assert_string_equal(pg_text(connection.pg, "SHOW quote_all_identifiers"), "on");
	assert_string_equal(pg_text(connection.pg, "SHOW extra_float_digits"), "-5");
	bobolink_inventory_free(before);
	bobolink_inventory_free(after);
	pg_database_close(&connection);
}

/* A session in another encoding: its backend has to be opened while it is so. */
static void nor_does_the_encoding_of_the_session(void **state)
{
	struct pg_database connection;
	struct bobolink_inventory *before;
	struct bobolink_inventory *after;
	int differences = 0;

	(void)state;
	pg_database_open(&connection, "CREATE TABLE gr\xc3\xb6\xc3\x9f"
				      "e (x int DEFAULT 1);"
				      "CREATE VIEW v AS SELECT x FROM gr\xc3\xb6\xc3\x9f"
				      "e");
	before = pg_inventory(&connection, NULL);
	pg_run(connection.pg, "SET client_encoding = 'LATIN1'");
	pg_database_reopen(&connection);
	after = pg_inventory(&connection, NULL);
	bobolink_inventory_compare(before, after, count_difference, &differences);
	assert_int_equal(differences, 0);
	assert_string_equal(pg_text(connection.pg, "SHOW client_encoding"), "LATIN1");
	assert_int_equal(PQtransactionStatus(connection.pg), PQTRANS_IDLE);
	bobolink_inventory_free(before);
	bobolink_inventory_free(after);
	pg_database_close(&connection);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_do_not_change_what_is_read),
		cmocka_unit_test(nor_does_the_encoding_of_the_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
