/* A private server: starts, answers, and leaves nothing behind. */
#include "../../compiler/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "server.h"

static void the_server_answers(void **state)
{
	PGconn *connection = pg_open(server_for_tests());

	(void)state;
	assert_int_equal(pg_number(connection, "SELECT 6 * 7"), 42);
	assert_int_equal(PQserverVersion(connection) / 10000, server_for_tests_major());
	PQfinish(connection);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_server_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
