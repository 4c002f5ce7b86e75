/* What the applied migrations make, folded from deltas, without a database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <bobolink/backend.h>

#include "hand_scripts.h"
#include "hand_set.h"
#include "memory.h"
#include "schema/expected.h"

#define TABLE(mark, name, definition) mark " table\t\t\t" name "\t" definition "\n"
#define COLUMN(mark, table, name, definition) \
	mark " column\t\t" table "\t" name "\t" definition "\n"
#define GONE(kind, table, name) "- " kind "\t\t" table "\t" name "\n"

/* Five migrations: a table, another one, a change of the first, its end, nothing at all. */
static struct hand_set *five(void)
{
	static const char *const deltas[] = {
		TABLE("+", "a", "") COLUMN("+", "a", "x", "INTEGER"),
		TABLE("+", "b", "") COLUMN("+", "b", "y", "TEXT"),
		COLUMN("~", "a", "x", "TEXT") COLUMN("+", "a", "z", "TEXT"),
		GONE("table", "", "b") GONE("column", "b", "y"),
		"",
	};
	struct hand_set *set = hand_set_new("shop");

	for (int i = 0; i < 5; i++) {
		hand_set_add(set, i + 1, "step", 0, "SELECT 1", NULL);
		hand_set_delta(set, deltas[i]);
	}
	hand_set_schema(set, "");
	return set;
}

/* "a a.x=TEXT@3 …": name, definition and origin of each object; then those that are left out, in brackets. */
static void tell(const struct bl_expected *expected, char *text, size_t size)
{
	size_t length = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < expected->inventory->object_count; i++) {
		const struct bobolink_object *object = expected->inventory->objects[i];

		length += (size_t)snprintf(text + length, size - length, "%s%s%s%s%s@%d ",
					   object->parent, *object->parent ? "." : "", object->name,
					   *object->definition ? "=" : "", object->definition,
					   (int)bl_expected_origin(expected, object) + 1);
		assert_true(bl_expected_has(expected, object));
		assert_false(bl_expected_is_unsure(expected, object));
	}
	for (uint32_t i = 0; i < expected->unsure->object_count; i++) {
		const struct bobolink_object *object = expected->unsure->objects[i];

		length +=
			(size_t)snprintf(text + length, size - length, "[%s%s%s] ", object->parent,
					 *object->parent ? "." : "", object->name);
		assert_false(bl_expected_has(expected, object));
		assert_true(bl_expected_is_unsure(expected, object));
	}
}

static const struct bobolink_backend *no_backend(void)
{
	static const struct bobolink_backend none = { .dialect = BOBOLINK_DIALECT_SQLITE };

	return &none;
}

struct fold_case {
	const char *parts; /* of each migration: . not applied, A applied, H half-way */
	const char *expected;
};

static const struct fold_case cases[] = {
	{ ".....", "" },
	{ "A....", "a@1 a.x=INTEGER@1 " },
	{ "AA...", "a@1 a.x=INTEGER@1 b@2 b.y=TEXT@2 " },
	{ "AAA..", "a@1 a.x=TEXT@3 a.z=TEXT@3 b@2 b.y=TEXT@2 " },
	{ "AAAA.", "a@1 a.x=TEXT@3 a.z=TEXT@3 " },
	{ "AAAAA", "a@1 a.x=TEXT@3 a.z=TEXT@3 " },
	/* A hole that nothing later touches is as if it were not in the set. */
	{ "A.A..", "a@1 a.x=TEXT@3 a.z=TEXT@3 " },
	{ "....A", "" },
	/* What a later one touches was taken from another schema. */
	{ ".AA..", "a.z=TEXT@3 b@2 b.y=TEXT@2 [a.x] " },
	{ "A.AA.", "a@1 a.x=TEXT@3 a.z=TEXT@3 [b] [b.y] " },
	/* Half-way, up or down: neither there nor not. */
	{ "H....", "[a] [a.x] " },
	{ "AH...", "a@1 a.x=INTEGER@1 [b] [b.y] " },
	{ "AAH..", "a@1 b@2 b.y=TEXT@2 [a.x] [a.z] " },
	{ "AAAH.", "a@1 a.x=TEXT@3 a.z=TEXT@3 [b] [b.y] " },
	{ "HAA..", "a.z=TEXT@3 b@2 b.y=TEXT@2 [a] [a.x] " },
	/* A half-way one of which nothing is left to tell. */
	{ "AAAAH", "a@1 a.x=TEXT@3 a.z=TEXT@3 " },
};

static void fold(const struct fold_case *fold_case, const struct bobolink_set *set)
{
	const struct bobolink_allocator allocator = bl_memory_default();
	struct bl_expected expected;
	struct bobolink_error error;
	struct bl_said said[5] = { 0 };
	char text[400];

	for (int i = 0; i < 5; i++)
		said[i].part = fold_case->parts[i] == 'A'   ? BL_PART_APPLIED
			       : fold_case->parts[i] == 'H' ? BL_PART_HALFWAY
							    : BL_PART_NONE;
	assert_int_equal(bl_expected_make(set, said, &allocator, &expected, &error), BOBOLINK_OK);
	tell(&expected, text, sizeof(text));
	bl_expected_release(&expected, &allocator);
	if (strcmp(text, fold_case->expected) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", fold_case->parts, text, fold_case->expected);
}

static void every_history_has_its_schema(void **state)
{
	struct hand_set *set = five();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		fold(&cases[i], hand_set(set, no_backend));
	hand_set_free(set);
}

static void a_malformed_delta_is_told(void **state)
{
	struct hand_set *set = hand_set_new("shop");
	struct bobolink_inventory *inventory = NULL;
	struct bobolink_error error;

	(void)state;
	hand_set_add(set, 1, "step", 0, "SELECT 1", NULL);
	hand_set_delta(set, "+ table\t\t\ta\t\n? what");
	hand_set_schema(set, "");
	assert_int_equal(bobolink_schema_expected(hand_set(set, no_backend), 1, NULL, &inventory,
						  &error),
			 BOBOLINK_CORRUPT);
	assert_non_null(strstr(error.message, "line 2 of a schema delta"));
	assert_null(inventory);
	hand_set_free(set);
}

/* Without a schema nothing is known, but that nothing makes nothing. */
static void without_a_schema_only_nothing_is_known(void **state)
{
	const struct bobolink_allocator allocator = bl_memory_default();
	struct hand_set *set = hand_set_new("shop");
	struct bl_expected expected;
	struct bobolink_error error;
	struct bl_said said = { 0 };

	(void)state;
	hand_set_add(set, 1, "step", 0, "SELECT 1", NULL);
	assert_int_equal(bl_expected_make(hand_set(set, no_backend), &said, &allocator, &expected,
					  &error),
			 BOBOLINK_OK);
	assert_int_equal(expected.inventory->object_count, 0);
	bl_expected_release(&expected, &allocator);
	said.part = BL_PART_APPLIED;
	assert_int_equal(bl_expected_make(hand_set(set, no_backend), &said, &allocator, &expected,
					  &error),
			 BOBOLINK_USAGE);
	bl_expected_release(&expected, &allocator);
	hand_set_free(set);
}

/* --- repeatables ----------------------------------------------------------------------------- */

#define VIEW(mark, name, definition) mark " view\t\t\t" name "\t" definition "\n"
#define TRIGGER(mark, table, name, definition) \
	mark " trigger\t\t" table "\t" name "\t" definition "\n"
#define WITH_SQL(line, sql) line "\t" sql "\n"

static const struct bobolink_backend *rendering(void)
{
	static const struct bobolink_backend postgres = { .dialect = BOBOLINK_DIALECT_POSTGRES };

	return &postgres;
}

/*
 * Tables a, c (by the second and third migration), a view d of the first. The repeatables make v of a, w of v, a trigger of c, and
 * make d anew.
 */
static struct hand_set *repeating(void)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 1, "one", 0, "SELECT 1", NULL);
	hand_set_delta(set,
		       TABLE("+", "a", "") COLUMN("+", "a", "x", "TEXT") VIEW("+", "d", "old"));
	hand_set_add(set, 2, "two", 0, "SELECT 1", NULL);
	hand_set_delta(set, COLUMN("+", "a", "y", "TEXT"));
	hand_set_add(set, 3, "three", 0, "SELECT 1", NULL);
	hand_set_delta(set, TABLE("+", "c", "") COLUMN("+", "c", "z", "TEXT"));
	hand_repeatable(set, "v", "SELECT 1", NULL);
	hand_script_delta(set, VIEW("+", "v", "of a"));
	hand_repeatable(set, "w", "SELECT 1", NULL);
	hand_script_delta(set, VIEW("+", "w", "of v"));
	hand_repeatable(set, "t", "SELECT 1", NULL);
	hand_script_delta(set, TRIGGER("+", "c", "t", "says"));
	hand_repeatable(set, "d", "SELECT 1", NULL);
	hand_script_delta(set, VIEW("~", "d", "new"));
	hand_set_schema(set,
			WITH_SQL("+ view\t\t\tv\tof a", "CREATE VIEW v AS SELECT * FROM \"A\"")
				WITH_SQL("+ view\t\t\tw\tof v", "CREATE VIEW w AS SELECT * FROM v")
					WITH_SQL("+ view\t\t\td\tnew",
						 "CREATE VIEW d AS SELECT 1"));
	return set;
}

/*
 * `ids`: when each of the three migrations and four repeatables was done, 1 to 9; `.` for a migration that was not, `?` for a
 * repeatable of which nothing is known, `-` for one that is not looked at.
 */
struct repeated_case {
	const char *ids;
	const char *sqlite;
	const char *postgres; /* NULL: the same */
};

/* A name, and behind it ? where it is left out, ~ where it may be another one; tables and columns are passed by. */
static const struct repeated_case repeated[] = {
	{ "...????", "c.t? d? v? w? ", NULL },
	{ "...----", "", NULL },
	{ "1..----", "d=old ", NULL },
	{ "1234567", "c.t=says d=new v=of a w=of v ", NULL },
	{ "123????", "c.t? d? v? w? ", NULL },
	{ "123----", "d=old ", NULL },
	{ "123?567", "v? c.t=says d=new w=of v ", "v? c.t=says d=new w~ " },
	{ "12345?7", "c.t? d=new v=of a w=of v ", NULL },
	/* What a view stands on was changed behind it, or is to be: in PostgreSQL's words it is another one. */
	{ "1623457", "c.t=says d=new v=of a w=of v ", "c.t=says d=new v~ w~ " },
	{ "1.23457", "c.t=says d=new v=of a w=of v ", "c.t=says d=new v~ w~ " },
	/* What they stand on was made behind them: they cannot have made it. */
	{ "1273456", "c.t? d=new v=of a w=of v ", NULL },
	{ "12.3456", "c.t? d=new v=of a w=of v ", NULL },
	/* A repeatable ran again behind another that speaks of what it made. */
	{ "1236457", "c.t=says d=new v=of a w=of v ", "c.t=says d=new v=of a w~ " },
	/* Of d, the migration came again behind the repeatable, in every database. */
	{ "8234567", "c.t=says d~ v=of a w=of v ", "c.t=says d~ v~ w~ " },
};

static void tell_repeated(const struct bl_expected *expected, char *text, size_t size)
{
	const struct bobolink_inventory *inventories[] = { expected->unsure, expected->inventory };
	size_t length = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < inventories[0]->object_count + inventories[1]->object_count; i++) {
		bool unsure = i < inventories[0]->object_count;
		const struct bobolink_object *object =
			unsure ? inventories[0]->objects[i]
			       : inventories[1]->objects[i - inventories[0]->object_count];
		bool left_out = bl_expected_is_unsure(expected, object);
		bool other = bl_expected_may_differ(expected, object);

		if (object->kind != BOBOLINK_OBJECT_VIEW && object->kind != BOBOLINK_OBJECT_TRIGGER)
			continue;
		length += (size_t)snprintf(text + length, size - length, "%s%s%s%s%s ",
					   object->parent, *object->parent ? "." : "", object->name,
					   left_out ? "?"
					   : other  ? "~"
						    : "=",
					   left_out || other ? "" : object->definition);
	}
}

static void fold_repeated(const struct repeated_case *test, const struct bobolink_set *set,
			  const char *wanted)
{
	const struct bobolink_allocator allocator = bl_memory_default();
	struct bl_expected expected;
	struct bobolink_error error;
	struct bl_said said[7] = { 0 };
	char text[400];

	assert_int_equal(bl_expected_parts(set), 7);
	for (int i = 0; i < 7; i++) {
		char c = test->ids[i];

		said[i].id = c - '0';
		said[i].part = c == '?'		      ? BL_PART_HALFWAY
			       : c == '.' || c == '-' ? BL_PART_NONE
						      : BL_PART_APPLIED;
	}
	assert_int_equal(bl_expected_make(set, said, &allocator, &expected, &error), BOBOLINK_OK);
	assert_false(expected.halfway);
	tell_repeated(&expected, text, sizeof(text));
	bl_expected_release(&expected, &allocator);
	if (strcmp(text, wanted) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", test->ids, text, wanted);
}

static void repeatables_are_expected_as_they_ran(void **state)
{
	struct hand_set *set = repeating();

	(void)state;
	for (size_t i = 0; i < sizeof(repeated) / sizeof(repeated[0]); i++) {
		const char *postgres = repeated[i].postgres;

		fold_repeated(&repeated[i], hand_set(set, no_backend), repeated[i].sqlite);
		fold_repeated(&repeated[i], hand_set(set, rendering),
			      postgres ? postgres : repeated[i].sqlite);
	}
	hand_set_free(set);
}

/* EMBED HEAD: the schema has what all of them make. */
static void of_a_whole_schema_what_did_not_run_is_left_out(void **state)
{
	static const struct repeated_case cases_of_heads[] = {
		{ "1--", "a ", NULL },
		{ "1??", "[d] [v] a ", NULL },
		{ "123", "a d v ", NULL },
		{ "12?", "[d] a v ", NULL },
	};
	const struct bobolink_allocator allocator = bl_memory_default();
	struct hand_set *set = hand_set_new("shop");

	(void)state;
	hand_set_add(set, 1, "one", 0, "SELECT 1", NULL);
	hand_repeatable(set, "v", "SELECT 1", NULL);
	hand_script_delta(set, VIEW("+", "v", "x"));
	hand_repeatable(set, "d", "SELECT 1", NULL);
	hand_script_delta(set, VIEW("~", "d", "new"));
	hand_set_schema(set, TABLE("+", "a", "") VIEW("+", "d", "new") VIEW("+", "v", "x"));
	for (size_t i = 0; i < sizeof(cases_of_heads) / sizeof(cases_of_heads[0]); i++) {
		const char *ids = cases_of_heads[i].ids;
		struct bl_expected expected;
		struct bobolink_error error;
		struct bl_said said[3] = { 0 };
		char text[200] = "";

		for (int n = 0; n < 3; n++) {
			said[n].id = ids[n] - '0';
			said[n].part = ids[n] == '?'   ? BL_PART_HALFWAY
				       : ids[n] == '-' ? BL_PART_NONE
						       : BL_PART_APPLIED;
		}
		assert_int_equal(bl_expected_make(hand_set(set, no_backend), said, &allocator,
						  &expected, &error),
				 BOBOLINK_OK);
		for (uint32_t n = 0; ids[1] != '-' && n < expected.unsure->object_count; n++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "[%s] ",
				 expected.unsure->objects[n]->name);
		for (uint32_t n = 0; n < expected.inventory->object_count; n++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ",
				 expected.inventory->objects[n]->name);
		assert_string_equal(text, cases_of_heads[i].sqlite);
		/* The repeatable is named, not the whole. */
		if (i == 2)
			assert_int_equal(expected.origins[2], 1);
		bl_expected_release(&expected, &allocator);
	}
	hand_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_history_has_its_schema),
		cmocka_unit_test(a_malformed_delta_is_told),
		cmocka_unit_test(without_a_schema_only_nothing_is_known),
		cmocka_unit_test(repeatables_are_expected_as_they_ran),
		cmocka_unit_test(of_a_whole_schema_what_did_not_run_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
