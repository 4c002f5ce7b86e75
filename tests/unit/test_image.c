/* The image: the set in the form of bobolink/migrations.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "image.h"
#include "made_set.h"

static int setup(void **state)
{
	static struct arena arena;

	*state = &arena;
	return 0;
}

static int teardown(void **state)
{
	arena_release(*state);
	return 0;
}

static const struct bobolink_set *build(struct made_set *made)
{
	return image_build(&made->set, &made->options, IMAGE_EMBED, NULL, made->arena);
}

static const char *text(const struct bobolink_set *image, uint32_t migration, uint32_t offset)
{
	return image->chunks[migration / BOBOLINK_CHUNK_SIZE].text + offset;
}

static void add(struct made_set *made, const char *up, const char *down)
{
	made_set_up(made, up, strlen(up));
	if (down)
		made_set_down(made, down, strlen(down));
}

static void image_holds_every_text(void **state)
{
	const struct bobolink_statement *statement;
	const struct bobolink_set *image;
	struct migration *migration;
	struct made_set made;

	made_set_init(&made, *state);
	migration = made_set_add(&made, 7, "orders");
	migration->superseded = "beef cafe";
	migration->delta = "+ table\t\t\torders\t\n";
	add(&made, "CREATE TABLE a (x)", NULL);
	add(&made, "CREATE TABLE\nb (x)", "DROP TABLE a");
	migration->down.losses = "table a\tSELECT count(*) FROM \"a\"\n";
	migration->down.statements[0].locks = "ACCESS EXCLUSIVE on public.a\n";
	image = build(&made);

	assert_int_equal(image->migration_count, 1);
	assert_int_equal(image->chunk_count, 1);
	assert_int_equal(image->data_version, BOBOLINK_DATA_VERSION);
	assert_string_equal(image->name, "shop");
	assert_string_equal(text(image, 0, 0), "");
	assert_int_equal(image->migrations[0].version, 7);
	assert_string_equal(text(image, 0, image->migrations[0].name), "orders");
	assert_string_equal(text(image, 0, image->migrations[0].superseded), "beef cafe");
	assert_string_equal(text(image, 0, image->migrations[0].delta), migration->delta);
	assert_int_equal(image->migrations[0].irreversible, 0);
	assert_string_equal(text(image, 0, image->migrations[0].up.file),
			    "migrations/0007_orders.sql");
	assert_int_equal(image->migrations[0].up.count, 2);
	assert_int_equal(image->migrations[0].down.first, 2);
	assert_int_equal(image->migrations[0].down.count, 1);
	statement = &image->chunks[0].statements[1];
	assert_string_equal(text(image, 0, statement->text), "CREATE TABLE\nb (x)");
	assert_int_equal(statement->length, 18);
	assert_int_equal(statement->line, 2);
	assert_int_equal(statement->column, 1);
	assert_int_equal(statement->locks, 0);
	assert_int_equal(image->chunks[0].statements[2].line, 4);
	assert_string_equal(text(image, 0, image->chunks[0].statements[2].locks),
			    "ACCESS EXCLUSIVE on public.a\n");
	assert_int_equal(image->migrations[0].up.losses, 0);
	assert_string_equal(text(image, 0, image->migrations[0].down.losses),
			    migration->down.losses);
}

static void image_counts_columns_in_characters(void **state)
{
	static const char sql[] = "SELECT 'ä€𝄞'; SELECT 2";
	const struct bobolink_set *image;
	struct statement statements[2];
	struct made_set made;

	made_set_init(&made, *state);
	made_set_add(&made, 1, "a");
	add(&made, sql, NULL);
	memset(statements, 0, sizeof(statements));
	statements[0].length = (uint32_t)(strchr(sql, ';') - sql);
	statements[1].offset = statements[0].length + 2;
	statements[1].length = 8;
	made.set.migrations[0].up.statements = statements;
	made.set.migrations[0].up.count = 2;
	image = build(&made);

	assert_int_equal(image->chunks[0].statements[0].column, 1);
	assert_int_equal(image->chunks[0].statements[1].line, 1);
	assert_int_equal(image->chunks[0].statements[1].column, 15);
	assert_string_equal(text(image, 0, image->chunks[0].statements[1].text), "SELECT 2");
}

static void image_of_the_empty_set_has_no_tables(void **state)
{
	const struct bobolink_set *image;
	struct made_set made;

	made_set_init(&made, *state);
	image = build(&made);

	assert_int_equal(image->migration_count, 0);
	assert_int_equal(image->chunk_count, 0);
	assert_null(image->migrations);
	assert_null(image->chunks);
}

static void image_starts_a_chunk_every_64_migrations(void **state)
{
	const struct bobolink_set *image;
	struct made_set made;

	made_set_init(&made, *state);
	for (int64_t i = 1; i <= 129; i++) {
		made_set_add(&made, i, "same");
		add(&made, i % 2 ? "SELECT 1" : "SELECT 22", "SELECT 3");
	}
	image = build(&made);

	assert_int_equal(image->chunk_count, 3);
	assert_int_equal(image->migrations[63].up.first, 126);
	assert_int_equal(image->migrations[64].up.first, 0);
	assert_int_equal(image->migrations[128].down.first, 1);
	assert_string_equal(text(image, 65, image->chunks[1].statements[2].text), "SELECT 22");
}

static void image_flags_follow_the_set(void **state)
{
	const struct bobolink_set *image;
	struct migration *migration;
	struct made_set made;

	made_set_init(&made, *state);
	migration = made_set_add(&made, 1, "a");
	add(&made, "VACUUM", "DROP TABLE t");
	migration->up.no_transaction = true;
	migration->up.statements[0].no_transaction = true;
	migration->up.statements[0].repeatable = true;
	migration->up.settings.lock_timeout_ms = 5000;
	migration->up.settings.statement_timeout_ms = 7;
	migration->down.foreign_keys_off = true;
	migration->down.settings.allow_data_loss = true;
	migration->down.settings.irreversible = "rows are gone";
	made.options.out_of_order = true;
	made.set.unproven = true;
	image = build(&made);

	assert_int_equal(image->flags, BOBOLINK_SET_OUT_OF_ORDER | BOBOLINK_SET_UNPROVEN);
	assert_int_equal(image->migrations[0].up.flags,
			 BOBOLINK_SECTION_PRESENT | BOBOLINK_SECTION_NO_TRANSACTION);
	assert_int_equal(image->migrations[0].up.lock_timeout_ms, 5000);
	assert_int_equal(image->migrations[0].up.statement_timeout_ms, 7);
	assert_int_equal(image->migrations[0].down.flags,
			 BOBOLINK_SECTION_PRESENT | BOBOLINK_SECTION_FOREIGN_KEYS_OFF |
				 BOBOLINK_SECTION_DATA_LOSS);
	assert_int_equal(image->chunks[0].statements[0].flags,
			 BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE);
	assert_int_equal(image->chunks[0].statements[1].flags, 0);
	assert_string_equal(text(image, 0, image->migrations[0].irreversible), "rows are gone");
}

static void image_embeds_what_was_asked(void **state)
{
	const struct bobolink_set *image;
	struct made_set made;

	made_set_init(&made, *state);
	made_set_add(&made, 1, "a")->delta = "+ table\n";
	add(&made, "SELECT 1", NULL);
	made.set.schema = "+ table\n";

	made.options.embed = EMBED_HEAD;
	image = build(&made);
	assert_int_equal(image->migrations[0].delta, 0);
	assert_string_equal(image->schema, "+ table\n");

	made.options.embed = EMBED_NONE;
	image = build(&made);
	assert_int_equal(image->migrations[0].delta, 0);
	assert_null(image->schema);
}

static void image_for_the_shadow_leaves_out_sections_with_shadow_off(void **state)
{
	const struct bobolink_set *image;
	struct migration *migration;
	struct made_set made;

	made_set_init(&made, *state);
	migration = made_set_add(&made, 1, "a");
	add(&made, "SELECT rtree()", "SELECT 2");
	migration->up.settings.shadow_off = "needs a module";
	image = image_build(&made.set, &made.options, IMAGE_SHADOW, NULL, *state);

	assert_int_equal(image->migrations[0].up.count, 0);
	assert_int_equal(image->migrations[0].up.flags, BOBOLINK_SECTION_PRESENT);
	assert_int_equal(image->migrations[0].down.count, 1);
	assert_string_equal(text(image, 0, image->chunks[0].statements[0].text), "SELECT 2");
	assert_int_equal(build(&made)->migrations[0].up.count, 1);
}

static void image_of_empty_sections_has_no_statements(void **state)
{
	const struct bobolink_set *image;
	struct made_set made;

	made_set_init(&made, *state);
	made_set_add(&made, 0, "a");
	image = build(&made);

	assert_null(image->chunks[0].statements);
	assert_int_equal(image->migrations[0].up.flags, BOBOLINK_SECTION_PRESENT);
	assert_int_equal(image->migrations[0].down.flags, 0);
	assert_int_equal(image->migrations[0].down.file, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(image_holds_every_text),
		cmocka_unit_test(image_counts_columns_in_characters),
		cmocka_unit_test(image_of_the_empty_set_has_no_tables),
		cmocka_unit_test(image_starts_a_chunk_every_64_migrations),
		cmocka_unit_test(image_flags_follow_the_set),
		cmocka_unit_test(image_embeds_what_was_asked),
		cmocka_unit_test(image_for_the_shadow_leaves_out_sections_with_shadow_off),
		cmocka_unit_test(image_of_empty_sections_has_no_statements),
	};

	return cmocka_run_group_tests_name("image", tests, setup, teardown);
}
