/* Probes: which statements of PostgreSQL have one, and what becomes of it in the image and in C. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "emit.h"
#include "image.h"
#include "made_set.h"
#include "stages.h"

/* The probe of the only statement, or NULL; it lives as long as the stages. */
static const char *probe_of(struct stages *stages, const char *text)
{
	stages_init(stages, text, strlen(text), SOURCE_BOTH);
	stages->database = DATABASE_POSTGRES;
	assert_int_equal(stages_split(stages), 0);
	assert_int_equal(stages->statements.count, 1);
	return stages->statements.items[0].probe;
}

static void statements_that_can_be_resumed_have_a_probe(void **state)
{
	static const char *const with[] = {
		"CREATE INDEX CONCURRENTLY i ON t (a)",
		"create unique index concurrently if not exists \"I\" on only s.t using btree (a)",
		"CREATE INDEX CONCURRENTLY i ON /* here */ t (a)",
		"DROP INDEX CONCURRENTLY s.i",
		"REINDEX INDEX CONCURRENTLY i",
		"REINDEX (VERBOSE, CONCURRENTLY) TABLE s.t",
		"ALTER TABLE IF EXISTS ONLY s.t DETACH PARTITION p CONCURRENTLY",
		"CREATE DATABASE d",
		"DROP DATABASE d",
		"CREATE TABLESPACE d LOCATION '/x'",
		"CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p",
	};
	struct stages stages;

	(void)state;
	for (size_t i = 0; i < sizeof(with) / sizeof(*with); i++) {
		if (!probe_of(&stages, with[i]))
			fail_msg("no probe: %s", with[i]);
		stages_release(&stages);
	}
}

static void others_have_none(void **state)
{
	static const char *const without[] = {
		"CREATE INDEX i ON t (a)",
		"CREATE INDEX CONCURRENTLY ON t (a)",
		"CREATE INDEX CONCURRENTLY U&\"i\" ON t (a)",
		"DROP INDEX CONCURRENTLY IF EXISTS i",
		"DROP DATABASE IF EXISTS d",
		"VACUUM t",
		"REINDEX SCHEMA CONCURRENTLY s",
		"ALTER SYSTEM SET work_mem = '1MB'",
		"ALTER TABLE t DETACH PARTITION p",
		"DISCARD ALL",
	};
	struct stages stages;

	(void)state;
	for (size_t i = 0; i < sizeof(without) / sizeof(*without); i++) {
		if (probe_of(&stages, without[i]))
			fail_msg("a probe: %s", without[i]);
		stages_release(&stages);
	}
}

static void names_are_strings_that_no_setting_changes(void **state)
{
	struct stages stages;
	const char *probe =
		probe_of(&stages, "CREATE INDEX CONCURRENTLY \"it's\" ON \"a\\b\" . T (a)");

	(void)state;
	assert_non_null(strstr(probe, "E'\"it''s\"'"));
	assert_non_null(strstr(probe, "E'\"a\\\\b\".T'"));
	stages_release(&stages);
	probe = probe_of(&stages, "CREATE DATABASE Shop");
	assert_non_null(strstr(probe, "E'shop'"));
	stages_release(&stages);
	probe = probe_of(&stages, "CREATE DATABASE \"Shop\"");
	assert_non_null(strstr(probe, "E'Shop'"));
	stages_release(&stages);
}

static void image_and_code_carry_it(void **state)
{
	static const char probe[] = "SELECT 'done'";
	struct arena arena = ARENA_INIT;
	struct buffer source = BUFFER_INIT;
	const struct bobolink_set *image;
	struct made_set made;

	(void)state;
	made_set_init(&made, &arena);
	made_set_add(&made, 3, "index");
	made_set_up(&made, "SELECT 1", 8);
	made_set_up(&made, "SELECT 2", 8);
	made.set.migrations[0].up.statements[1].probe = probe;
	image = image_build(&made.set, &made.options, IMAGE_EMBED, NULL, &arena);
	assert_int_equal(image->chunks[0].statements[0].probe, 0);
	assert_string_equal(image->chunks[0].text + image->chunks[0].statements[1].probe, probe);
	emit_source(&made.set, &made.options, &arena, &source);
	assert_null(strstr(source.text, "v3_up_1_probe"));
	assert_non_null(strstr(source.text, "\tchar v3_up_2[9];\n\tchar v3_up_2_probe[14];\n"));
	assert_non_null(strstr(source.text, "\t\"SELECT 2\",\n\t\"SELECT 'done'\",\n"));
	assert_non_null(strstr(source.text, ".probe = offsetof(struct text_0, v3_up_2_probe) }"));
	buffer_release(&source);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements_that_can_be_resumed_have_a_probe),
		cmocka_unit_test(others_have_none),
		cmocka_unit_test(names_are_strings_that_no_setting_changes),
		cmocka_unit_test(image_and_code_carry_it),
	};

	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
