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
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emit.h"
#include "image.h"
#include "made_set.h"

#define WARNINGS "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
#define STUB                                                                         \
	"#include <bobolink/migrations.h>\n"                                         \
	"const struct bobolink_backend *bobolink_backend_sqlite3(void);\n"           \
	"const struct bobolink_backend *bobolink_backend_sqlite3(void)\n"            \
	"{\n\treturn 0;\n}\n"                                                        \
	"const struct bobolink_archive *bobolink_archive_sqlite3(void);\n"           \
	"const struct bobolink_archive *bobolink_archive_sqlite3(void)\n"            \
	"{\n\treturn 0;\n}\n"                                                        \
	"int bobolink_schema_validate(struct bobolink_session *session, int when,\n" \
	"struct bobolink_error *error);\n"                                           \
	"int bobolink_schema_validate(struct bobolink_session *session, int when,\n" \
	"struct bobolink_error *error)\n"                                            \
	"{\n\t(void)session;\n\t(void)when;\n\t(void)error;\n\treturn 0;\n}\n" \
	"int bobolink_scripts_run(struct bobolink_session *session, int point,\n"    \
	"struct bobolink_error *error);\n"                                           \
	"int bobolink_scripts_run(struct bobolink_session *session, int point,\n"    \
	"struct bobolink_error *error)\n"                                            \
	"{\n\t(void)session;\n\t(void)point;\n\t(void)error;\n\treturn 0;\n}\n"
/* A function of the application. */
#define BACKFILL                                                                            \
	"#include \"shop_migrations.h\"\n"                                                   \
	"int backfill(struct bobolink_step *step)\n{\n\t(void)step;\n\treturn 0;\n}\n" \
	"int forget(struct bobolink_step *step)\n{\n\t(void)step;\n\treturn 0;\n}\n"

struct context {
	struct arena arena;
	char directory[64];
};

static int setup(void **state)
{
	struct context *context = calloc(1, sizeof(*context));

	assert_non_null(context);
	snprintf(context->directory, sizeof(context->directory), "/tmp/bobolink-emit-XXXXXX");
	assert_non_null(mkdtemp(context->directory));
	*state = context;
	return 0;
}

static int run(struct context *context, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Runs a shell command in the test's own directory and returns its status. */
static int run(struct context *context, const char *format, ...)
{
	char command[2048];
	char line[4096];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	snprintf(line, sizeof(line), "cd %s && { %s; } >output 2>&1", context->directory, command);
	return system(line);
}

static int teardown(void **state)
{
	struct context *context = *state;

	run(context, "rm -rf %s", context->directory);
	arena_release(&context->arena);
	free(context);
	return 0;
}

static void write_file(struct context *context, const char *name, const char *text, size_t length)
{
	char *path = arena_format(&context->arena, "%s/%s", context->directory, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static char *read_file(struct context *context, const char *name)
{
	char *path = arena_format(&context->arena, "%s/%s", context->directory, name);
	char *text = arena_alloc(&context->arena, 1 << 16, 1);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_true(fread(text, 1, (1 << 16) - 1, file) < 1 << 16);
	fclose(file);
	return text;
}

static void emit(struct context *context, struct made_set *made)
{
	struct buffer source = BUFFER_INIT;
	struct buffer header = BUFFER_INIT;

	emit_source(&made->set, &made->options, &context->arena, &source);
	emit_header(&made->set, &context->arena, &header);
	write_file(context, "shop_migrations.c", source.text, source.length);
	write_file(context, "shop_migrations.h", header.text, header.length);
	write_file(context, "stub.c", STUB, strlen(STUB));
	write_file(context, "calls.c", BACKFILL, strlen(BACKFILL));
	buffer_release(&source);
	buffer_release(&header);
}

static bool has_program(struct context *context, const char *program)
{
	bool found = run(context, "command -v %s", program) == 0;

	if (!found)
		print_message("%s: skipped, not installed\n", program);
	return found;
}

static bool compiles(struct context *context, const char *compiler, const char *options)
{
	return run(context, "%s %s " WARNINGS " -I%s/runtime/include -c shop_migrations.c",
		   compiler, options, BOBOLINK_SOURCE_DIR) == 0;
}

/* The set as another program would see it. */
static const struct bobolink_set *load(struct context *context, const char *compiler, bool calls,
				       void **handle)
{
	char *path = arena_format(&context->arena, "%s/set.so", context->directory);
	const struct bobolink_set *set;

	assert_int_equal(
		run(context,
		    "rm -f set.so; %s -std=c99 " WARNINGS
		    " -I%s/runtime/include -fPIC -shared shop_migrations.c stub.c %s -o set.so",
		    compiler, BOBOLINK_SOURCE_DIR, calls ? "calls.c" : ""),
		0);
	*handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	assert_non_null(*handle);
	set = dlsym(*handle, "shop_migrations");
	assert_non_null(set);
	return set;
}

static void assert_same_text(const char *one, const char *other)
{
	assert_int_equal(one == NULL, other == NULL);
	if (one)
		assert_string_equal(one, other);
}

static uint32_t statement_count(const struct bobolink_migration *migrations, uint32_t count)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < count; i++)
		sum += migrations[i].up.count + migrations[i].down.count;
	return sum;
}

/* Every text that the migration names, then those of its statements. */
static void assert_same_texts(const struct bobolink_migration *migration, const char *one,
			      const char *other)
{
	const uint32_t offsets[] = { migration->name,	      migration->checksum,
				     migration->sql_checksum, migration->superseded,
				     migration->irreversible, migration->delta,
				     migration->up.file,      migration->down.file,
				     migration->up.losses,    migration->down.losses,
				     migration->only,	      migration->except };

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
		assert_string_equal(one + offsets[i], other + offsets[i]);
}

static void assert_same_chunk(const struct bobolink_set *one, const struct bobolink_set *other,
			      uint32_t chunk)
{
	uint32_t first = chunk * BOBOLINK_CHUNK_SIZE;
	uint32_t rest = one->migration_count - first;
	uint32_t count = rest < BOBOLINK_CHUNK_SIZE ? rest : BOBOLINK_CHUNK_SIZE;
	uint32_t statements = statement_count(&one->migrations[first], count);
	const struct bobolink_chunk *left = &one->chunks[chunk];
	const struct bobolink_chunk *right = &other->chunks[chunk];

	for (uint32_t i = first; i < first + count; i++)
		assert_same_texts(&one->migrations[i], left->text, right->text);
	if (statements)
		assert_memory_equal(left->statements, right->statements,
				    statements * sizeof(struct bobolink_statement));
	for (uint32_t i = 0; i < statements; i++) {
		const struct bobolink_statement *statement = &left->statements[i];

		assert_memory_equal(left->text + statement->text, right->text + statement->text,
				    statement->length + 1);
		assert_string_equal(left->text + statement->locks, right->text + statement->locks);
	}
}

static void assert_same_scripts(const struct bobolink_scripts *one,
				const struct bobolink_scripts *other)
{
	uint32_t count = one->fix_count + one->repeatable_count;

	assert_int_equal(one->fix_count, other->fix_count);
	assert_int_equal(one->repeatable_count, other->repeatable_count);
	assert_non_null(other->run);
	assert_memory_equal(one->items, other->items, count * sizeof(*one->items));
	assert_memory_equal(one->settings, other->settings, count * sizeof(*one->settings));
	for (uint32_t i = 0; i < count; i++) {
		const char *left = one->chunks[i / BOBOLINK_CHUNK_SIZE].text;
		const char *right = other->chunks[i / BOBOLINK_CHUNK_SIZE].text;

		assert_same_texts(&one->items[i], left, right);
		assert_string_equal(left + one->settings[i].title,
				    right + one->settings[i].title);
		assert_string_equal(left + one->settings[i].after,
				    right + one->settings[i].after);
	}
}

static void assert_same_calls(const struct bobolink_set *one, const struct bobolink_set *other)
{
	assert_int_equal(one->call_count, other->call_count);
	for (uint32_t i = 0; i < one->call_count; i++) {
		assert_string_equal(one->calls[i].name, other->calls[i].name);
		assert_int_equal(other->calls[i].function(NULL), 0);
	}
}

static void assert_same_set(const struct bobolink_set *one, const struct bobolink_set *other)
{
	assert_int_equal(one->data_version, other->data_version);
	assert_int_equal(one->flags, other->flags);
	assert_int_equal(one->migration_count, other->migration_count);
	assert_int_equal(one->chunk_count, other->chunk_count);
	assert_same_text(one->name, other->name);
	assert_same_text(one->digest, other->digest);
	assert_same_text(one->schema, other->schema);
	if (one->migration_count)
		assert_memory_equal(one->migrations, other->migrations,
				    one->migration_count * sizeof(struct bobolink_migration));
	for (uint32_t i = 0; i < one->chunk_count; i++)
		assert_same_chunk(one, other, i);
	assert_same_calls(one, other);
	assert_int_equal(one->scripts == NULL, other->scripts == NULL);
	if (one->scripts)
		assert_same_scripts(one->scripts, other->scripts);
}

/* Compiles the set with every compiler and dialect, loads it and compares it with its image. */
static void assert_reads_back(struct context *context, struct made_set *made)
{
	static const char *const compilers[] = { "gcc", "clang" };
	const struct bobolink_set *image =
		image_build(&made->set, &made->options, IMAGE_EMBED, NULL, &context->arena);
	void *handle;

	emit(context, made);
	for (size_t i = 0; i < 2; i++) {
		if (!has_program(context, compilers[i]))
			continue;
		assert_true(compiles(context, compilers[i], "-std=c11"));
		assert_same_set(image, load(context, compilers[i], image->call_count, &handle));
		dlclose(handle);
	}
}

static void add(struct made_set *made, const char *up, const char *down)
{
	made_set_up(made, up, strlen(up));
	if (down)
		made_set_down(made, down, strlen(down));
}

static void emit_reads_back_as_the_image(void **state)
{
	struct context *context = *state;
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
	assert_reads_back(context, &made);
}

static void emit_prints_the_empty_set(void **state)
{
	struct context *context = *state;
	struct made_set made;

	made_set_init(&made, &context->arena);
	assert_reads_back(context, &made);
	assert_non_null(strstr(read_file(context, "shop_migrations.h"),
			       "#define SHOP_HEAD_VERSION INT64_C(-1)\n"));
}

static void emit_prints_every_byte(void **state)
{
	struct context *context = *state;
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
	assert_reads_back(context, &made);
}

static void emit_uses_printable_ascii_only(void **state)
{
	struct context *context = *state;
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
	assert_reads_back(context, &made);
}

static void emit_breaks_statements_at_their_own_lines(void **state)
{
	struct context *context = *state;
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
	struct context *context = *state;
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
	struct context *context = *state;
	size_t length = 5000000;
	char *text = arena_alloc(&context->arena, length, 1);
	struct made_set made;

	memset(text, 'x', length);
	text[length / 2] = '\n';
	made_set_init(&made, &context->arena);
	made_set_add(&made, 1, "long");
	made_set_up(&made, text, length);
	assert_reads_back(context, &made);
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
	struct context *context = *state;
	struct made_set made;

	made_set_init(&made, &context->arena);
	made_set_add(&made, 7, "orders-2");
	made_set_add(&made, INT64_MAX, "");
	emit(context, &made);
	write_file(context, "user.c", program, strlen(program));
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char *name = arena_copy(&context->arena, commands[i], strcspn(commands[i], " "));

		if (has_program(context, name))
			assert_int_equal(run(context,
					     "%s " WARNINGS " -I%s/runtime/include -c user.c",
					     commands[i], BOBOLINK_SOURCE_DIR),
					 0);
	}
	assert_non_null(strstr(read_file(context, "shop_migrations.h"),
			       "#define SHOP_V9223372036854775807 "
			       "INT64_C(9223372036854775807)\n"));
}

/* A copy of the contract with another version. */
static void assert_refuses(struct context *context, int version, const char *message)
{
	assert_int_equal(run(context,
			     "mkdir -p include/bobolink && sed "
			     "'s/BOBOLINK_DATA_VERSION %d/BOBOLINK_DATA_VERSION %d/' "
			     "%s/runtime/include/bobolink/migrations.h "
			     ">include/bobolink/migrations.h",
			     BOBOLINK_DATA_VERSION, version, BOBOLINK_SOURCE_DIR),
			 0);
	assert_int_not_equal(run(context, "cc -Iinclude -c shop_migrations.c"), 0);
	assert_non_null(strstr(read_file(context, "output"), message));
}

static void emit_refuses_another_data_version(void **state)
{
	struct context *context = *state;
	struct made_set made;

	made_set_init(&made, &context->arena);
	emit(context, &made);
	assert_refuses(context, BOBOLINK_DATA_VERSION + 1, "regenerate");
	assert_refuses(context, BOBOLINK_DATA_VERSION - 1, "upgrade");
}

static uint32_t count_relocations(struct context *context)
{
	assert_int_equal(run(context, "readelf -rW shop_migrations.o | grep -c ' R_'"), 0);
	return (uint32_t)strtoul(read_file(context, "output"), NULL, 10);
}

static void emit_needs_two_relocations_for_each_chunk(void **state)
{
	uint32_t count = getenv("BOBOLINK_TEST_ALL") ? 10000 : 500;
	struct context *context = *state;
	uint32_t relocations;
	struct made_set made;

	made_set_init(&made, &context->arena);
	for (uint32_t i = 0; i < count; i++) {
		made_set_add(&made, i + 1, "change");
		add(&made, "CREATE TABLE t (a)", "DROP TABLE t");
		add(&made, "CREATE INDEX i ON t (a)", NULL);
	}
	assert_reads_back(context, &made);
	assert_true(compiles(context, "cc", "-fPIC"));
	relocations = count_relocations(context);
	print_message("%u migrations: %u relocations\n", count, relocations);
	assert_in_range(relocations, 1, 2 * ((count + 63) / 64) + 8);
}

static void emit_names_versions_apart(void **state)
{
	struct context *context = *state;
	struct made_set made;
	char *header;

	made_set_init(&made, &context->arena);
	made.set.name = made.options.name = "my__Shop";
	made_set_add(&made, 1, "a b");
	made_set_add(&made, 2, "a-b");
	made_set_add(&made, 20260102030405, "--a?b--");
	emit(context, &made);
	header = read_file(context, "shop_migrations.h");
	assert_non_null(strstr(header, "#ifndef MY_SHOP_MIGRATIONS_H\n"));
	assert_non_null(strstr(header, "#define MY_SHOP_V0001_A_B INT64_C(1)\n"));
	assert_non_null(strstr(header, "#define MY_SHOP_V0002_A_B INT64_C(2)\n"));
	assert_non_null(strstr(header, "#define MY_SHOP_V20260102030405_A_B "
				       "INT64_C(20260102030405)\n"));
	assert_non_null(
		strstr(header, "#define MY_SHOP_HEAD_VERSION MY_SHOP_V20260102030405_A_B\n"));
	assert_non_null(strstr(header, "extern const struct bobolink_set my__Shop_migrations;\n"));
}

/* A fix with everything that a fix can have, a repeatable, a seed and two functions. */
static void fill_with_scripts(struct made_set *made, struct arena *arena)
{
	static uint32_t after[] = { 0 };
	struct script *script;

	made_set_init(made, arena);
	made_set_add(made, 1, "users")->up.settings.call = "backfill";
	made_set_add(made, 2, "seed")->up.settings.only = "development";
	add(made, "SELECT 1", "SELECT 2");
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
	struct context *context = *state;
	struct made_set made;
	char *source;

	fill_with_scripts(&made, &context->arena);
	assert_reads_back(context, &made);
	source = read_file(context, "shop_migrations.c");
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
	struct context *context = *state;
	struct made_set made;

	fill_with_scripts(&made, &context->arena);
	emit(context, &made);
	write_file(context, "other.c", other, strlen(other));
	write_file(context, "calls.cc", cxx, strlen(cxx));
	assert_int_not_equal(run(context, "cc -shared -fPIC -Wl,-z,defs -I%s/runtime/include "
					  "shop_migrations.c stub.c",
				 BOBOLINK_SOURCE_DIR),
			     0);
	assert_non_null(strstr(read_file(context, "output"), "backfill"));
	assert_int_equal(run(context, "cc -shared -fPIC -Wl,-z,defs -I%s/runtime/include "
				      "shop_migrations.c stub.c calls.c",
			     BOBOLINK_SOURCE_DIR),
			 0);
	assert_int_not_equal(run(context, "cc -I%s/runtime/include -c other.c",
				 BOBOLINK_SOURCE_DIR),
			     0);
	assert_non_null(strstr(read_file(context, "output"), "conflicting types"));
	if (has_program(context, "g++"))
		assert_int_equal(run(context,
				     "g++ -std=c++11 " WARNINGS " -I%s/runtime/include -fPIC -c "
				     "calls.cc && cc -shared -fPIC -Wl,-z,defs -I%s/runtime/include "
				     "shop_migrations.c stub.c calls.o",
				     BOBOLINK_SOURCE_DIR, BOBOLINK_SOURCE_DIR),
				 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(emit_reads_back_as_the_image, setup, teardown),
		cmocka_unit_test_setup_teardown(emit_prints_the_empty_set, setup, teardown),
		cmocka_unit_test_setup_teardown(emit_prints_every_byte, setup, teardown),
		cmocka_unit_test_setup_teardown(emit_uses_printable_ascii_only, setup, teardown),
		cmocka_unit_test_setup_teardown(emit_breaks_statements_at_their_own_lines, setup,
						teardown),
		cmocka_unit_test_setup_teardown(emit_is_the_same_every_time, setup, teardown),
		cmocka_unit_test_setup_teardown(emit_takes_very_long_statements, setup, teardown),
		cmocka_unit_test_setup_teardown(emit_header_compiles_as_c_and_cxx, setup, teardown),
		cmocka_unit_test_setup_teardown(emit_refuses_another_data_version, setup, teardown),
		cmocka_unit_test_setup_teardown(emit_needs_two_relocations_for_each_chunk, setup,
						teardown),
		cmocka_unit_test_setup_teardown(emit_names_versions_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(emit_prints_scripts, setup, teardown),
		cmocka_unit_test_setup_teardown(emit_declares_functions, setup, teardown),
	};

	return cmocka_run_group_tests_name("emit", tests, NULL, NULL);
}
