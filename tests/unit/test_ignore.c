/* Patterns of objects that are left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "schema/ignore.h"

static const struct bobolink_object table = {
	.kind = BOBOLINK_OBJECT_TABLE, .schema = "", .parent = "", .name = "orders"
};
static const struct bobolink_object column = {
	.kind = BOBOLINK_OBJECT_COLUMN, .schema = "public", .parent = "orders", .name = "tmp_note"
};
static const struct bobolink_object other = {
	.kind = BOBOLINK_OBJECT_TABLE, .schema = "reports", .parent = "", .name = "Daily"
};
static const struct bobolink_object schema = {
	.kind = BOBOLINK_OBJECT_SCHEMA, .schema = "", .parent = "", .name = "reports"
};
static const struct bobolink_object foreign = {
	.kind = BOBOLINK_OBJECT_TABLE, .schema = "", .parent = "", .name = "\xc3\xa9t\xc3\xa9"
};

struct ignore_case {
	const char *patterns;
	const struct bobolink_object *object;
	bool left_out;
};

static const struct ignore_case cases[] = {
	{ NULL, &table, false },
	{ "", &table, false },
	{ " , ,", &table, false },
	{ "orders", &table, true },
	{ "order", &table, false },
	{ "ordersx", &table, false },
	{ "ORDERS", &table, false },
	{ "*", &table, true },
	{ "**", &table, true },
	{ "o*", &table, true },
	{ "*s", &table, true },
	{ "*rde*", &table, true },
	{ "o*e*s", &table, true },
	{ "o*x*s", &table, false },
	{ "orders*", &table, true },
	{ "orders**", &table, true },
	{ "??????", &table, true },
	{ "?????", &table, false },
	{ "???????", &table, false },
	{ "orders?", &table, false },
	{ "*?", &table, true },
	{ "a,orders", &table, true },
	{ "a orders", &table, true },
	{ "a,\t orders ,b", &table, true },
	{ "a,b", &table, false },
	/* The schema of SQLite has no name. */
	{ ".orders", &table, false },
	{ "main.orders", &table, false },
	/* What belongs to a table goes with it, or by itself. */
	{ "orders", &column, true },
	{ "public.orders", &column, true },
	{ "orders.tmp_*", &column, true },
	{ "orders.note", &column, false },
	{ "tmp_note", &column, false },
	{ "*.tmp_*", &column, true },
	{ "public.orders.tmp_note", &column, false },
	{ "reports.*", &other, true },
	{ "reports.Daily", &other, true },
	{ "reports.daily", &other, false },
	{ "Daily", &other, true },
	{ "reports", &other, false },
	{ "reports", &schema, true },
	{ "reports.*", &schema, false },
	/* Brackets and backslashes are what they are. */
	{ "[o]rders", &table, false },
	{ "\\orders", &table, false },
	/* ? is a character, not a byte; * takes whole ones only by chance, which does no harm. */
	{ "?t?", &foreign, true },
	{ "??t??", &foreign, false },
	{ "\xc3\xa9*", &foreign, true },
	{ "*\xc3\xa9", &foreign, true },
};

static void every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (bl_ignore_object(cases[i].patterns, cases[i].object) != cases[i].left_out)
			fail_msg("\"%s\" and \"%s\": %s", cases[i].patterns, cases[i].object->name,
				 cases[i].left_out ? "not left out" : "left out");
	}
}

/* A matcher that tries every division of the text among the stars would not live to see the end. */
static void many_stars_take_no_time(void **state)
{
	char name[4001];
	char pattern[201];
	struct bobolink_object object = table;
	clock_t begun = clock();

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (size_t i = 0; i < sizeof(pattern) - 1; i++)
		pattern[i] = i % 2 ? 'a' : '*';
	pattern[sizeof(pattern) - 2] = 'b';
	pattern[sizeof(pattern) - 1] = '\0';
	object.name = name;
	assert_false(bl_ignore_object(pattern, &object));
	assert_true((clock() - begun) / CLOCKS_PER_SEC < 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(many_stars_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
