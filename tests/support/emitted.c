/* Generated C, compiled by the machine's own compilers, loaded, and compared with the image it was made from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emit.h"
#include "emitted.h"
#include "image.h"

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
	"{\n\t(void)session;\n\t(void)when;\n\t(void)error;\n\treturn 0;\n}\n"       \
	"int bobolink_scripts_run(struct bobolink_session *session, int point,\n"    \
	"struct bobolink_error *error);\n"                                           \
	"int bobolink_scripts_run(struct bobolink_session *session, int point,\n"    \
	"struct bobolink_error *error)\n"                                            \
	"{\n\t(void)session;\n\t(void)point;\n\t(void)error;\n\treturn 0;\n}\n"
/* A function of the application. */
#define BACKFILL                                                                       \
	"#include \"shop_migrations.h\"\n"                                             \
	"int backfill(struct bobolink_step *step)\n{\n\t(void)step;\n\treturn 0;\n}\n" \
	"int forget(struct bobolink_step *step)\n{\n\t(void)step;\n\treturn 0;\n}\n"

int emitted_setup(void **state)
{
	struct emitted *context = calloc(1, sizeof(*context));

	assert_non_null(context);
	snprintf(context->directory, sizeof(context->directory), "/tmp/bobolink-emit-XXXXXX");
	assert_non_null(mkdtemp(context->directory));
	*state = context;
	return 0;
}

/* Runs a shell command in the test's own directory and returns its status. */
int emitted_run(struct emitted *context, const char *format, ...)
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

int emitted_teardown(void **state)
{
	struct emitted *context = *state;

	emitted_run(context, "rm -rf %s", context->directory);
	arena_release(&context->arena);
	free(context);
	return 0;
}

void emitted_write(struct emitted *context, const char *name, const char *text, size_t length)
{
	char *path = arena_format(&context->arena, "%s/%s", context->directory, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

char *emitted_read(struct emitted *context, const char *name)
{
	char *path = arena_format(&context->arena, "%s/%s", context->directory, name);
	char *text = arena_alloc(&context->arena, 1 << 16, 1);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_true(fread(text, 1, (1 << 16) - 1, file) < 1 << 16);
	fclose(file);
	return text;
}

void emitted_make(struct emitted *context, struct made_set *made)
{
	struct buffer source = BUFFER_INIT;
	struct buffer header = BUFFER_INIT;

	emit_source(&made->set, &made->options, &context->arena, &source);
	emit_header(&made->set, &context->arena, &header);
	emitted_write(context, "shop_migrations.c", source.text, source.length);
	emitted_write(context, "shop_migrations.h", header.text, header.length);
	emitted_write(context, "stub.c", STUB, strlen(STUB));
	emitted_write(context, "calls.c", BACKFILL, strlen(BACKFILL));
	buffer_release(&source);
	buffer_release(&header);
}

bool emitted_has(struct emitted *context, const char *program)
{
	bool found = emitted_run(context, "command -v %s", program) == 0;

	if (!found)
		print_message("%s: skipped, not installed\n", program);
	return found;
}

bool emitted_compiles(struct emitted *context, const char *compiler, const char *options)
{
	return emitted_run(context, "%s %s " WARNINGS " -I%s/runtime/include -c shop_migrations.c",
			   compiler, options, BOBOLINK_SOURCE_DIR) == 0;
}

/* The set as another program would see it. */
static const struct bobolink_set *load(struct emitted *context, const char *compiler, bool calls,
				       void **handle)
{
	char *path = arena_format(&context->arena, "%s/set.so", context->directory);
	const struct bobolink_set *set;

	assert_int_equal(
		emitted_run(
			context,
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
		assert_string_equal(left + one->settings[i].title, right + one->settings[i].title);
		assert_string_equal(left + one->settings[i].after, right + one->settings[i].after);
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
void emitted_reads_back(struct emitted *context, struct made_set *made)
{
	static const char *const compilers[] = { "gcc", "clang" };
	const struct bobolink_set *image =
		image_build(&made->set, &made->options, IMAGE_EMBED, NULL, &context->arena);
	void *handle;

	emitted_make(context, made);
	for (size_t i = 0; i < 2; i++) {
		if (!emitted_has(context, compilers[i]))
			continue;
		assert_true(emitted_compiles(context, compilers[i], "-std=c11"));
		assert_same_set(image, load(context, compilers[i], image->call_count, &handle));
		dlclose(handle);
	}
}
