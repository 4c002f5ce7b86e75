/* What the compiler plans outside a transaction is what a server refuses in one, and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "refusals.h"
#include "server.h"

/* "cannot run inside a transaction block" */
#define ACTIVE_TRANSACTION "25001"
#define SYNTAX_ERROR	   "42601"

/*
 * What the statements name has to be there, because a few look for it before anything else. The
 * subscription is enabled and connects to nothing; who drops it forgets its slot first.
 */
static void prepare(PGconn *connection)
{
	pg_run(connection, "CREATE TABLE t (a int) PARTITION BY LIST (a)");
	pg_run(connection, "CREATE TABLE plain (a int)");
	pg_run(connection, "CREATE SCHEMA s");
	pg_run(connection, "CREATE TABLE p PARTITION OF t FOR VALUES IN (1)");
	pg_run(connection, "CREATE TABLE s.t (a int) PARTITION BY LIST (a)");
	pg_run(connection, "CREATE TABLE s.p PARTITION OF s.t FOR VALUES IN (1)");
	pg_run(connection, "CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION p "
			   "WITH (connect = false)");
	pg_run(connection, "ALTER SUBSCRIPTION s ENABLE");
}

static void clean_up(PGconn *connection)
{
	pg_run(connection, "ALTER SUBSCRIPTION s DISABLE");
	pg_run(connection, "ALTER SUBSCRIPTION s SET (slot_name = NONE)");
	pg_run(connection, "DROP SUBSCRIPTION s");
}

/*
 * Does the server do as expected in a transaction, which is rolled back? Other errors than the
 * refusal do not matter, and a statement newer than the server's grammar tells nothing.
 */
static bool agrees(PGconn *connection, const char *sql, bool expected)
{
	PGresult *result;
	const char *state;
	bool agreed;

	pg_run(connection, "BEGIN");
	result = PQexec(connection, sql);
	state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	agreed = (state && strcmp(state, ACTIVE_TRANSACTION) == 0) == expected ||
		 (state && strcmp(state, SYNTAX_ERROR) == 0);
	PQclear(result);
	pg_run(connection, "ROLLBACK");
	return agreed;
}

static void the_server_refuses_what_the_compiler_expects(void **state)
{
	char url[SERVER_URL_SIZE];
	PGconn *connection;
	size_t wrong = 0;

	(void)state;
	(void)server_for_tests();
	database_new(url);
	connection = pg_open(url);
	prepare(connection);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		if (agrees(connection, refusals[i].sql, refusals[i].name != NULL))
			continue;
		print_error("%s: the server says otherwise\n", refusals[i].sql);
		wrong++;
	}
	clean_up(connection);
	PQfinish(connection);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_server_refuses_what_the_compiler_expects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
