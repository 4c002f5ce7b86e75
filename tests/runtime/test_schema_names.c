/* Inventories of PostgreSQL databases have the names of objects, whatever is in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <bobolink/postgres.h>

#include "inventories.h"
#include "pg_inventories.h"

static void every_name_is_read(void **state)
{
	char *text;
	struct bobolink_inventory *inventory = pg_inventory_of(
		"CREATE TABLE \"a\"\"b\" (\"tab\tline\nend\" int, \"back\\slash\" int,"
		" \"\xc3\xa9t\xc3\xa9\" int, \"select\" int CHECK (\"select\" > 0), \"Mixed\" int,"
		" \"it's\" int);"
		"CREATE INDEX \"USING btree\" ON \"a\"\"b\" (\"Mixed\", \"it's\")");

	(void)state;
	text = inventory_changes(NULL, inventory);
	assert_string_equal(
		text, "+ table\tpublic\t\ta\"b\t\n"
		      "+ column\tpublic\ta\"b\tMixed\tinteger\n"
		      "+ column\tpublic\ta\"b\tback\\\\slash\tinteger\n"
		      "+ column\tpublic\ta\"b\tit's\tinteger\n"
		      "+ column\tpublic\ta\"b\tselect\tinteger\n"
		      "+ column\tpublic\ta\"b\ttab\\tline\\nend\tinteger\n"
		      "+ column\tpublic\ta\"b\t\xc3\xa9t\xc3\xa9\tinteger\n"
		      "+ check\tpublic\ta\"b\ta\"b_select_check\tCHECK ((select > 0))\n"
		      "+ index\tpublic\ta\"b\tUSING btree\tUSING btree (\"Mixed\", \"it's\")\n");
	free(text);
	bobolink_inventory_free(inventory);
}

/* With its arguments the name of a function is longer than any name of PostgreSQL's. */
static void arguments_are_told_to_the_last(void **state)
{
	struct bobolink_inventory *inventory = pg_inventory_of(
		"CREATE FUNCTION f(timestamp, timestamp, timestamp, int) RETURNS int LANGUAGE sql"
		" AS 'SELECT 1'; CREATE FUNCTION f(timestamp, timestamp, timestamp, text) RETURNS"
		" int LANGUAGE sql AS 'SELECT 1'");

	(void)state;
	assert_int_equal(bobolink_inventory_count(inventory), 2);
	assert_string_equal(bobolink_inventory_object(inventory, 0)->name,
			    "f(timestamp without time zone, timestamp without time zone, "
			    "timestamp without time zone, integer)");
	assert_string_equal(bobolink_inventory_object(inventory, 1)->name,
			    "f(timestamp without time zone, timestamp without time zone, "
			    "timestamp without time zone, text)");
	bobolink_inventory_free(inventory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_read),
		cmocka_unit_test(arguments_are_told_to_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
