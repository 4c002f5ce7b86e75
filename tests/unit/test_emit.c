/*
 * The generated C: compiled by the machine's own compilers, loaded, and compared with the image
 * it was made from.
 *
 * Needs gcc or clang; the one that is missing is skipped. BOBOLINK_TEST_ALL=1 compiles 10,000
 * migrations instead of 500.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit.h"
#include "emitted.h"
#include "made_set.h"

static void add(struct made_set *made, const char *up, const char *down)
{
	made_set_up(made, up, strlen(up));
	if (down)
		made_set_down(made, down, strlen(down));
}

static void emit_reads_back_as_the_image(void **state)
{
	struct emitted *context = *state;
	struct migration *migration;
	struct made_set made;

	made_set_init(&made, &context->arena);
	migration = made_set_add(&made, 0, "users");
	migration->delta = "+ table\t\t\tusers\t\n+ column\t\tusers\tid\tINTEGER\n";
	add(&made, "CREATE TABLE users (\n\tid INTEGER PRIMARY KEY\n)", "DROP TABLE users");
	migration->up.losses = "rows of old\tSELECT count(*) FROM \"old\" WHERE x = '\\t?\?)'\n";
	migration->down.losses = "table users\tSELECT count(*) FROM \"users\"\n";
	migration->down.statements[0].locks = "ACCESS EXCLUSIVE on public.users\n";
	migration = made_set_add(&made, 7, "orders \"x\" %d");
	migration->superseded = "beef cafe";
	migration->up.no_transaction = true;
	add(&made, "VACUUM", NULL);
	migration->up.statements[0].no_transaction = true;
	migration->up.statements[0].repeatable = true;
	migration = made_set_add(&made, INT64_MAX, "last");
	migration->up.settings.irreversible = "because \\ \"why\"??";
	migration->up.settings.lock_timeout_ms = UINT32_MAX;
	made.set.schema = "+ table\t\t\tusers\t\n";
	made.set.unproven = true;
	made.options.out_of_order = true;
	emitted_reads_back(context, &made);
}

static void emit_prints_the_empty_set(void **state)
{
	struct emitted *context = *state;
	struct made_set made;

	made_set_init(&made, &context->arena);
	emitted_reads_back(context, &made);
	assert_non_null(strstr(emitted_read(context, "shop_migrations.h"),
			       "#define SHOP_HEAD_VERSION INT64_C(-1)\n"));
}

static void emit_prints_every_byte(void **state)
{
	struct emitted *context = *state;
	struct made_set made;
	char bytes[255 * 3];

	for (int i = 0; i < 255; i++) {
		bytes[i * 3] = (char)(i + 1);
		bytes[i * 3 + 1] = '7';
		bytes[i * 3 + 2] = (char)(i + 1);
	}
	made_set_init(&made, &context->arena);
	made_set_add(&made, 1, "bytes");
	made_set_up(&made, bytes, sizeof(bytes));
	add(&made, "SELECT '\xE2\x80\xA8', '\?\?/', '\?\?!', data \?\?( '%s'", "\n\n");
	emitted_reads_back(context, &made);
}

static void emit_uses_printable_ascii_only(void **state)
{
	struct emitted *context = *state;
	struct buffer source = BUFFER_INIT;
	struct made_set made;
	size_t line = 0;

	made_set_init(&made, &context->arena);
	made_set_add(&made, 1,
		     "b\xC3\xBC"
		     "cher*/ \?\?/\n\\");
	add(&made, "SELECT '\xE2\x80\xA8\x7F\r'", NULL);
	emit_source(&made.set, &made.options, &context->arena, &source);
	for (size_t i = 0; i < source.length; i++) {
		char c = source.text[i];

		assert_true((c >= ' ' && c <= '~') || c == '\n' || c == '\t');
		line = c == '\n' ? 0 : line + 1;
		assert_true(line < 4095);
	}
	assert_null(strstr(source.text, "\?\?"));
	assert_non_null(strstr(source.text, "SHOP_V0001_B_CHER"));
	buffer_release(&source);
	emitted_reads_back(context, &made);
}

static void emit_breaks_statements_at_their_own_lines(void **state)
{
	struct emitted *context = *state;
	struct buffer source = BUFFER_INIT;
	struct made_set made;

	made_set_init(&made, &context->arena);
	made_set_add(&made, 12, "users");
	add(&made, "CREATE TABLE users (\n\tid INTEGER\n)", NULL);
	emit_source(&made.set, &made.options, &context->arena, &source);
	assert_non_null(strstr(source.text, "\t/* migrations/0012_users.sql */\n"));
	assert_non_null(strstr(source.text, "\t\"CREATE TABLE users (\\n\"\n"
					    "\t\t\"\\tid INTEGER\\n\"\n"
					    "\t\t\")\",\n"));
	assert_non_null(strstr(source.text, ".text = offsetof(struct text_0, v12_up_1)"));
	buffer_release(&source);
}

static void emit_is_the_same_every_time(void **state)
{
	struct emitted *context = *state;
	struct buffer first = BUFFER_INIT;
	struct buffer second = BUFFER_INIT;
	struct made_set made;

	made_set_init(&made, &context->arena);
	made_set_add(&made, 1, "users");
	add(&made, "SELECT 1", "SELECT 2");
	emit_source(&made.set, &made.options, &context->arena, &first);
	emit_source(&made.set, &made.options, &context->arena, &second);
	assert_int_equal(first.length, second.length);
	assert_memory_equal(first.text, second.text, first.length);
	buffer_release(&first);
	buffer_release(&second);
}

static void emit_takes_very_long_statements(void **state)
{
	struct emitted *context = *state;
	size_t length = 5000000;
	char *text = arena_alloc(&context->arena, length, 1);
	struct made_set made;

	memset(text, 'x', length);
	text[length / 2] = '\n';
	made_set_init(&made, &context->arena);
	made_set_add(&made, 1, "long");
	made_set_up(&made, text, length);
	emitted_reads_back(context, &made);
}

static void emit_header_compiles_as_c_and_cxx(void **state)
{
	static const char program[] =
		"#include \"shop_migrations.h\"\n"
		"#include \"shop_migrations.h\"\n"
		"int64_t version(void);\n"
		"int64_t version(void)\n{\n\treturn SHOP_V0007_ORDERS_2 - "
		"SHOP_HEAD_VERSION + shop_migrations.migrations[0].version;\n}\n";
	static const char *const commands[] = {
		"gcc -std=c99",	  "gcc -std=c11",	   "clang -std=c99",
		"clang -std=c11", "g++ -std=c++11 -x c++", "clang++ -std=c++11 -x c++"
	};
	struct emitted *context = *state;
	struct made_set made;

	made_set_init(&made, &context->arena);
	made_set_add(&made, 7, "orders-2");
	made_set_add(&made, INT64_MAX, "");
	emitted_make(context, &made);
	emitted_write(context, "user.c", program, strlen(program));
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char *name = arena_copy(&context->arena, commands[i], strcspn(commands[i], " "));

		if (emitted_has(context, name))
			assert_int_equal(emitted_run(context,
						     "%s " WARNINGS
						     " -I%s/runtime/include -c user.c",
						     commands[i], BOBOLINK_SOURCE_DIR),
					 0);
	}
	assert_non_null(strstr(emitted_read(context, "shop_migrations.h"),
			       "#define SHOP_V9223372036854775807 "
			       "INT64_C(9223372036854775807)\n"));
}

/* A copy of the contract with another version. */
static void assert_refuses(struct emitted *context, int version, const char *message)
{
	assert_int_equal(emitted_run(context,
				     "mkdir -p include/bobolink && sed "
				     "'s/BOBOLINK_DATA_VERSION %d/BOBOLINK_DATA_VERSION %d/' "
				     "%s/runtime/include/bobolink/migrations.h "
				     ">include/bobolink/migrations.h",
				     BOBOLINK_DATA_VERSION, version, BOBOLINK_SOURCE_DIR),
			 0);
	assert_int_not_equal(emitted_run(context, "cc -Iinclude -c shop_migrations.c"), 0);
	assert_non_null(strstr(emitted_read(context, "output"), message));
}

static void emit_refuses_another_data_version(void **state)
{
	struct emitted *context = *state;
	struct made_set made;

	made_set_init(&made, &context->arena);
	emitted_make(context, &made);
	assert_refuses(context, BOBOLINK_DATA_VERSION + 1, "regenerate");
	assert_refuses(context, BOBOLINK_DATA_VERSION - 1, "upgrade");
}

static uint32_t count_relocations(struct emitted *context)
{
	assert_int_equal(emitted_run(context, "readelf -rW shop_migrations.o | grep -c ' R_'"), 0);
	return (uint32_t)strtoul(emitted_read(context, "output"), NULL, 10);
}

static void emit_needs_two_relocations_for_each_chunk(void **state)
{
	uint32_t count = getenv("BOBOLINK_TEST_ALL") ? 10000 : 500;
	struct emitted *context = *state;
	uint32_t relocations;
	struct made_set made;

	made_set_init(&made, &context->arena);
	for (uint32_t i = 0; i < count; i++) {
		made_set_add(&made, i + 1, "change");
		add(&made, "CREATE TABLE t (a)", "DROP TABLE t");
		add(&made, "CREATE INDEX i ON t (a)", NULL);
	}
	emitted_reads_back(context, &made);
	assert_true(emitted_compiles(context, "cc", "-fPIC"));
	relocations = count_relocations(context);
	print_message("%u migrations: %u relocations\n", count, relocations);
	assert_in_range(relocations, 1, 2 * ((count + 63) / 64) + 8);
}

static void emit_names_versions_apart(void **state)
{
	struct emitted *context = *state;
	struct made_set made;
	char *header;

	made_set_init(&made, &context->arena);
	made.set.name = made.options.name = "my__Shop";
	made_set_add(&made, 1, "a b");
	made_set_add(&made, 2, "a-b");
	made_set_add(&made, 20260102030405, "--a?b--");
	emitted_make(context, &made);
	header = emitted_read(context, "shop_migrations.h");
	assert_non_null(strstr(header, "#ifndef MY_SHOP_MIGRATIONS_H\n"));
	assert_non_null(strstr(header, "#define MY_SHOP_V0001_A_B INT64_C(1)\n"));
	assert_non_null(strstr(header, "#define MY_SHOP_V0002_A_B INT64_C(2)\n"));
	assert_non_null(strstr(header, "#define MY_SHOP_V20260102030405_A_B "
				       "INT64_C(20260102030405)\n"));
	assert_non_null(
		strstr(header, "#define MY_SHOP_HEAD_VERSION MY_SHOP_V20260102030405_A_B\n"));
	assert_non_null(strstr(header, "extern const struct bobolink_set my__Shop_migrations;\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(emit_reads_back_as_the_image, emitted_setup,
						emitted_teardown),
		cmocka_unit_test_setup_teardown(emit_prints_the_empty_set, emitted_setup,
						emitted_teardown),
		cmocka_unit_test_setup_teardown(emit_prints_every_byte, emitted_setup,
						emitted_teardown),
		cmocka_unit_test_setup_teardown(emit_uses_printable_ascii_only, emitted_setup,
						emitted_teardown),
		cmocka_unit_test_setup_teardown(emit_breaks_statements_at_their_own_lines,
						emitted_setup, emitted_teardown),
		cmocka_unit_test_setup_teardown(emit_is_the_same_every_time, emitted_setup,
						emitted_teardown),
		cmocka_unit_test_setup_teardown(emit_takes_very_long_statements, emitted_setup,
						emitted_teardown),
		cmocka_unit_test_setup_teardown(emit_header_compiles_as_c_and_cxx, emitted_setup,
						emitted_teardown),
		cmocka_unit_test_setup_teardown(emit_refuses_another_data_version, emitted_setup,
						emitted_teardown),
		cmocka_unit_test_setup_teardown(emit_needs_two_relocations_for_each_chunk,
						emitted_setup, emitted_teardown),
		cmocka_unit_test_setup_teardown(emit_names_versions_apart, emitted_setup,
						emitted_teardown),
	};

	return cmocka_run_group_tests_name("emit", tests, NULL, NULL);
}
