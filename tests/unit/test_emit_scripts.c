/* Fixes, repeatables, seeds and functions of the application in the generated C. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "emitted.h"
#include "made_set.h"

/* A fix with everything that a fix can have, a repeatable, a seed and two functions. */
static void fill_with_scripts(struct made_set *made, struct arena *arena)
{
	static uint32_t after[] = { 0 };
	struct script *script;

	made_set_init(made, arena);
	made_set_add(made, 1, "users")->up.settings.call = "backfill";
	made_set_add(made, 2, "seed")->up.settings.only = "development";
	made_set_up(made, "SELECT 1", 8);
	made_set_down(made, "SELECT 2", 8);
	script = made_set_script(made, 3, "first");
	made_set_statement(made, &script->guard, "SELECT true");
	script->base.up.settings.call = "forget";
	script = made_set_script(made, 7, "orphans");
	made_set_statement(made, &script->base.up, "DELETE FROM a");
	made_set_statement(made, &script->base.down, "INSERT INTO a VALUES (1)");
	made_set_statement(made, &script->guard, "SELECT count(*) > 0\nFROM a");
	made_set_statement(made, &script->guard, "SELECT 1");
	script->title = "Removes orphans.\nSince 2.3 \"none\" come";
	script->after = after;
	script->after_count = 1;
	script->unproven = true;
	script->settings.required = 1;
	script->settings.when_after = script->settings.repeat_always = true;
	script->settings.has_not_before = script->settings.has_not_after = true;
	script->settings.not_before = -86400;
	script->settings.not_after = 4102444800;
	script->settings.window_from = 1380;
	script->settings.window_to = 60;
	script->settings.attempts = 5;
	script->base.up.losses = "rows of a\tSELECT count(*) FROM a\n";
	script->guard.minimum_version = 3037000;
	script->guard.feature = "STRICT (line 1)";
	script = made_set_script(made, 0, "orders-view of 2 \"x\"");
	made_set_statement(made, &script->base.up, "CREATE VIEW v AS SELECT 1");
	script->base.delta = "+ view\n";
	script = made_set_script(made, 0, "orders_view");
}

static void emit_prints_scripts(void **state)
{
	struct emitted *context = *state;
	struct made_set made;
	char *source;

	fill_with_scripts(&made, &context->arena);
	emitted_reads_back(context, &made);
	source = emitted_read(context, "shop_migrations.c");
	assert_non_null(strstr(source, "char f7_guard_2[9];"));
	assert_non_null(strstr(source, "char r2_checksum[65];"));
	assert_non_null(strstr(source, ".text = offsetof(struct script_text_0, r1_up_1)"));
	assert_non_null(strstr(source, "\t.run = bobolink_scripts_run,\n"));
}

/* The linker tells a function that is missing, the compiler one of another kind. */
static void emit_declares_functions(void **state)
{
	static const char other[] = "#include \"shop_migrations.h\"\n"
				    "void backfill(void)\n{\n}\n";
	static const char cxx[] = "#include \"shop_migrations.h\"\n"
				  "int backfill(struct bobolink_step *)\n{\n\treturn 0;\n}\n"
				  "int forget(struct bobolink_step *)\n{\n\treturn 0;\n}\n";
	struct emitted *context = *state;
	struct made_set made;

	fill_with_scripts(&made, &context->arena);
	emitted_make(context, &made);
	emitted_write(context, "other.c", other, strlen(other));
	emitted_write(context, "calls.cc", cxx, strlen(cxx));
	assert_int_not_equal(emitted_run(context,
					 "cc -shared -fPIC -Wl,-z,defs -I%s/runtime/include "
					 "shop_migrations.c stub.c",
					 BOBOLINK_SOURCE_DIR),
			     0);
	assert_non_null(strstr(emitted_read(context, "output"), "backfill"));
	assert_int_equal(emitted_run(context,
				     "cc -shared -fPIC -Wl,-z,defs -I%s/runtime/include "
				     "shop_migrations.c stub.c calls.c",
				     BOBOLINK_SOURCE_DIR),
			 0);
	assert_int_not_equal(emitted_run(context, "cc -I%s/runtime/include -c other.c",
					 BOBOLINK_SOURCE_DIR),
			     0);
	assert_non_null(strstr(emitted_read(context, "output"), "conflicting types"));
	if (emitted_has(context, "g++"))
		assert_int_equal(
			emitted_run(context,
				    "g++ -std=c++11 " WARNINGS " -I%s/runtime/include -fPIC -c "
				    "calls.cc && cc -shared -fPIC -Wl,-z,defs -I%s/runtime/include "
				    "shop_migrations.c stub.c calls.o",
				    BOBOLINK_SOURCE_DIR, BOBOLINK_SOURCE_DIR),
			0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(emit_prints_scripts, emitted_setup,
						emitted_teardown),
		cmocka_unit_test_setup_teardown(emit_declares_functions, emitted_setup,
						emitted_teardown),
	};

	return cmocka_run_group_tests_name("emit-scripts", tests, NULL, NULL);
}
