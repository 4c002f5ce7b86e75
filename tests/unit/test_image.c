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

static const char *delta_of_script(const struct bobolink_set *image)
{
	return image->scripts->chunks[0].text + image->scripts->items[0].delta;
}

static void image_embeds_what_was_asked(void **state)
{
	const struct bobolink_set *image;
	struct made_set made;

	made_set_init(&made, *state);
	made_set_add(&made, 1, "a")->delta = "+ table\n";
	add(&made, "SELECT 1", NULL);
	made_set_script(&made, 0, "r")->base.delta = "+ view\n";
	made.set.schema = "+ table\n";

	image = build(&made);
	assert_string_equal(text(image, 0, image->migrations[0].delta), "+ table\n");
	assert_string_equal(delta_of_script(image), "+ view\n");

	/* What of a whole schema a repeatable makes is known all the same. */
	made.options.embed = EMBED_HEAD;
	image = build(&made);
	assert_int_equal(image->migrations[0].delta, 0);
	assert_string_equal(delta_of_script(image), "+ view\n");
	assert_string_equal(image->schema, "+ table\n");

	made.options.embed = EMBED_NONE;
	image = build(&made);
	assert_int_equal(image->migrations[0].delta, 0);
	assert_int_equal(image->scripts->items[0].delta, 0);
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

static const char *script_text(const struct bobolink_set *image, uint32_t script, uint32_t offset)
{
	return image->scripts->chunks[script / BOBOLINK_CHUNK_SIZE].text + offset;
}

/* A fix with every section and setting, and a repeatable. */
static void add_scripts(struct made_set *made)
{
	static uint32_t after[] = { 0, 3 };
	struct script *script = made_set_script(made, 7, "orphans");

	made_set_statement(made, &script->guard, "SELECT 1");
	made_set_statement(made, &script->guard, "SELECT 2");
	made_set_statement(made, &script->base.up, "DELETE FROM a");
	made_set_statement(made, &script->base.down, "INSERT INTO a VALUES (1)");
	made_set_statement(made, &script->given, "INSERT INTO a VALUES (2)");
	script->title = "Removes orphans.";
	script->after = after;
	script->after_count = 2;
	script->unproven = true;
	script->settings.required = 5;
	script->settings.when_after = true;
	script->settings.has_not_before = true;
	script->settings.not_before = 1796083200;
	script->settings.has_not_after = true;
	script->settings.window_from = 120;
	script->settings.window_to = 1440;
	script->settings.attempts = 5;
	script = made_set_script(made, 0, "view");
	made_set_statement(made, &script->base.up, "CREATE VIEW v AS SELECT 1");
	script->base.delta = "+ view\n";
}

static void image_holds_scripts_in_chunks_of_their_own(void **state)
{
	const struct bobolink_migration *items;
	const struct bobolink_script *settings;
	const struct bobolink_set *image;
	struct made_set made;

	made_set_init(&made, *state);
	made_set_add(&made, 5, "a");
	add(&made, "CREATE TABLE a (x)", NULL);
	add_scripts(&made);
	image = build(&made);

	assert_int_equal(image->migration_count, 1);
	assert_int_equal(image->migrations[0].up.count, 1);
	assert_int_equal(image->scripts->fix_count, 1);
	assert_int_equal(image->scripts->repeatable_count, 1);
	items = image->scripts->items;
	settings = image->scripts->settings;
	assert_int_equal(items[0].version, 7);
	assert_string_equal(script_text(image, 0, items[0].name), "orphans");
	assert_string_equal(script_text(image, 0, items[0].up.file),
			    "migrations/fixes/0007_orphans.sql");
	assert_int_equal(items[0].down.file, items[0].up.file);
	assert_int_equal(settings[0].guard.file, items[0].up.file);
	/* Up, down, guard: what the given section does is not for any database of the application. */
	assert_int_equal(items[0].up.count, 1);
	assert_int_equal(items[0].down.first, 1);
	assert_int_equal(settings[0].guard.first, 2);
	assert_int_equal(settings[0].guard.count, 2);
	assert_string_equal(script_text(image, 0, image->scripts->chunks[0].statements[3].text),
			    "SELECT 2");
	assert_int_equal(items[1].up.first, 4);
	assert_int_equal(items[1].version, 0);
	assert_string_equal(script_text(image, 1, items[1].delta), "+ view\n");
	assert_int_equal(settings[1].guard.flags, 0);
}

static void image_holds_the_settings_of_scripts(void **state)
{
	const struct bobolink_script *settings;
	const struct bobolink_set *image;
	struct made_set made;

	made_set_init(&made, *state);
	add_scripts(&made);
	image = build(&made);
	settings = image->scripts->settings;

	assert_int_equal(settings[0].flags, BOBOLINK_SCRIPT_AFTER | BOBOLINK_SCRIPT_UNPROVEN);
	assert_string_equal(script_text(image, 0, settings[0].title), "Removes orphans.");
	assert_string_equal(script_text(image, 0, settings[0].after), "0 3");
	assert_int_equal(settings[0].required, 5);
	assert_int_equal(settings[0].not_before, 1796083200);
	/* The first second of 1970 is no "never". */
	assert_int_equal(settings[0].not_after, 1);
	assert_int_equal(settings[0].window_from, 120);
	assert_int_equal(settings[0].window_to, 1440);
	assert_int_equal(settings[0].attempts, 5);
	assert_int_equal(settings[1].flags, 0);
	assert_int_equal(settings[1].title, 0);
	assert_int_equal(settings[1].after, 0);
	assert_int_equal(settings[1].required, -1);
	assert_int_equal(settings[1].not_before, 0);
	made.set.scripts[0].settings.when_after = false;
	made.set.scripts[0].settings.repeat_always = true;
	made.set.scripts[0].unproven = false;
	assert_int_equal(build(&made)->scripts->settings[0].flags, BOBOLINK_SCRIPT_ALWAYS);
}

static void image_without_scripts_has_none(void **state)
{
	struct made_set made;

	made_set_init(&made, *state);
	assert_null(build(&made)->scripts);
	assert_null(build(&made)->calls);
	add_scripts(&made);
	assert_null(image_build(&made.set, &made.options, IMAGE_SHADOW, NULL, *state)->scripts);
}

static void image_names_each_function_once(void **state)
{
	const struct bobolink_set *image;
	struct migration *migration;
	struct script *script;
	struct made_set made;

	made_set_init(&made, *state);
	migration = made_set_add(&made, 1, "a");
	made_set_down(&made, "SELECT 1", 8);
	migration->down.settings.call = "second";
	migration->up.settings.call = "first";
	made_set_add(&made, 2, "b")->up.settings.call = "second";
	made_set_add(&made, 3, "c");
	add(&made, "SELECT 1", NULL);
	script = made_set_script(&made, 1, "fix");
	script->base.up.settings.call = "third";
	image = build(&made);

	assert_int_equal(image->call_count, 3);
	assert_string_equal(image->calls[0].name, "first");
	assert_string_equal(image->calls[1].name, "second");
	assert_string_equal(image->calls[2].name, "third");
	assert_int_equal(image->migrations[0].up.call, 1);
	assert_int_equal(image->migrations[0].down.call, 2);
	assert_int_equal(image->migrations[1].up.call, 2);
	assert_int_equal(image->migrations[2].up.call, 0);
	assert_int_equal(image->scripts->items[0].up.call, 3);
}

static int do_nothing(struct bobolink_step *step)
{
	(void)step;
	return 0;
}

static void image_for_the_shadow_calls_what_is_at_hand(void **state)
{
	const struct bobolink_set *image;
	struct migration *migration;
	struct made_set made;

	made_set_init(&made, *state);
	made_set_add(&made, 1, "a")->up.settings.call = "missing";
	migration = made_set_add(&made, 2, "b");
	migration->up.settings.call = "there";
	migration->up.function = do_nothing;
	image = image_build(&made.set, &made.options, IMAGE_SHADOW, NULL, *state);

	assert_int_equal(image->migrations[0].up.call, 0);
	assert_int_equal(image->migrations[0].up.flags, BOBOLINK_SECTION_PRESENT);
	assert_int_equal(image->migrations[1].up.call, 2);
	assert_ptr_equal(image->calls[1].function, do_nothing);
}

static void image_holds_the_environments_of_seeds(void **state)
{
	const struct bobolink_set *image;
	struct made_set made;

	made_set_init(&made, *state);
	made_set_add(&made, 1, "a")->up.settings.only = "development test";
	made_set_add(&made, 2, "b")->up.settings.except = "production";
	image = build(&made);

	assert_string_equal(text(image, 0, image->migrations[0].only), "development test");
	assert_int_equal(image->migrations[0].except, 0);
	assert_int_equal(image->migrations[1].only, 0);
	assert_string_equal(text(image, 1, image->migrations[1].except), "production");
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
		cmocka_unit_test(image_holds_scripts_in_chunks_of_their_own),
		cmocka_unit_test(image_holds_the_settings_of_scripts),
		cmocka_unit_test(image_without_scripts_has_none),
		cmocka_unit_test(image_names_each_function_once),
		cmocka_unit_test(image_for_the_shadow_calls_what_is_at_hand),
		cmocka_unit_test(image_holds_the_environments_of_seeds),
	};

	return cmocka_run_group_tests_name("image", tests, setup, teardown);
}
