/* What the applied migrations make, folded from deltas, without a database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <bobolink/backend.h>

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
	uint8_t part = BL_PART_NONE;

	(void)state;
	hand_set_add(set, 1, "step", 0, "SELECT 1", NULL);
	assert_int_equal(bl_expected_make(hand_set(set, no_backend), &part, &allocator, &expected,
					  &error),
			 BOBOLINK_OK);
	assert_int_equal(expected.inventory->object_count, 0);
	bl_expected_release(&expected, &allocator);
	part = BL_PART_APPLIED;
	assert_int_equal(bl_expected_make(hand_set(set, no_backend), &part, &allocator, &expected,
					  &error),
			 BOBOLINK_USAGE);
	bl_expected_release(&expected, &allocator);
	hand_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_history_has_its_schema),
		cmocka_unit_test(a_malformed_delta_is_told),
		cmocka_unit_test(without_a_schema_only_nothing_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
