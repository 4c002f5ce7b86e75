/*
 * Emit: from the checked set to readable C.
 *
 * Receives the set, builds its image and prints that as the C source and header described in
 * bobolink/migrations.h: migrations and scripts (emit_table.c), the functions of the application, the
 * set. What is printed depends on the set alone: no date, no absolute path, printable ASCII only.
 */
#include "emit.h"

#include <inttypes.h>
#include <string.h>

#include "emit_literal.h"
#include "emit_table.h"
#include "image.h"

/* What the functions that print a section of the output share. */
struct emitter {
	const struct set *set;
	const struct bobolink_set *image;
	struct buffer *out;
	bool validates; /* with deltas alone it is known what each migration makes */
};

static const struct emit_flag set_flags[] = {
	{ BOBOLINK_SET_OUT_OF_ORDER, "BOBOLINK_SET_OUT_OF_ORDER" },
	{ BOBOLINK_SET_UNPROVEN, "BOBOLINK_SET_UNPROVEN" },
	{ 0, NULL },
};

static void print_schema(struct emitter *emitter)
{
	const char *schema = emitter->image->schema;

	if (!schema)
		return;
	buffer_add_text(emitter->out,
			"/* The schema after the last migration: see bobolink/schema.h. */\n"
			"static const char schema[] =\n\t");
	emit_literal(emitter->out, "\t", schema, strlen(schema));
	buffer_add_text(emitter->out, ";\n\n");
}

#define VALIDATE                                                                            \
	"extern int bobolink_schema_validate(struct bobolink_session *session, int when,\n" \
	"\t\t\t\t    struct bobolink_error *error);\n"

#define PERMIT                                                                            \
	"extern int bobolink_permit(struct bobolink_session *session, int64_t version,\n" \
	"\t\t\t   int down, struct bobolink_error *error);\n"

#define SCRIPTS_RUN                                                                      \
	"/* Undefined when linking: link the library for scripts, too. */\n"             \
	"extern int bobolink_scripts_run(struct bobolink_session *session, int point,\n" \
	"\t\t\t\tstruct bobolink_error *error);\n\n"

static void print_migrations(struct emitter *emitter)
{
	const struct bobolink_set *image = emitter->image;
	const struct emit_table table = {
		.set = image->name,
		.prefix = "",
		.name = "migrations",
		.items = image->migrations,
		.chunks = image->chunks,
		.count = image->migration_count,
		.out = emitter->out,
	};

	emit_table(&table);
}

static void print_scripts(struct emitter *emitter)
{
	const struct bobolink_scripts *scripts = emitter->image->scripts;
	struct emit_table table = {
		.set = emitter->image->name,
		.prefix = "script_",
		.name = "script_items",
		.out = emitter->out,
	};

	if (!scripts)
		return;
	table.items = scripts->items;
	table.settings = scripts->settings;
	table.chunks = scripts->chunks;
	table.count = scripts->fix_count + scripts->repeatable_count;
	table.fix_count = scripts->fix_count;
	emit_table(&table);
	buffer_add_text(emitter->out,
			SCRIPTS_RUN "static const struct bobolink_scripts scripts = {\n"
				    "\t.items = script_items,\n"
				    "\t.settings = script_settings,\n"
				    "\t.chunks = script_chunks,\n");
	if (scripts->fix_count)
		buffer_format(emitter->out, "\t.fix_count = %" PRIu32 ",\n", scripts->fix_count);
	if (scripts->repeatable_count)
		buffer_format(emitter->out, "\t.repeatable_count = %" PRIu32 ",\n",
			      scripts->repeatable_count);
	buffer_add_text(emitter->out, "\t.run = bobolink_scripts_run,\n};\n\n");
}

/* The header declares them. */
static void print_calls(struct emitter *emitter)
{
	const struct bobolink_set *image = emitter->image;

	if (!image->call_count)
		return;
	buffer_add_text(emitter->out, "static const struct bobolink_call calls[] = {\n");
	for (uint32_t i = 0; i < image->call_count; i++)
		buffer_format(emitter->out, "\t{ .name = \"%s\", .function = %s },\n",
			      image->calls[i].name, image->calls[i].name);
	buffer_add_text(emitter->out, "};\n\n");
}

static const char *engine_name(enum database database)
{
	return database == DATABASE_SQLITE ? "sqlite3" : "postgres";
}

static bool requires_others(const struct bobolink_set *image)
{
	uint32_t i = 0;

	while (i < image->migration_count && !image->migrations[i].requirements)
		i++;
	return i < image->migration_count;
}

static void print_set(struct emitter *emitter)
{
	const struct bobolink_set *image = emitter->image;
	const char *engine = engine_name(emitter->set->database);

	buffer_format(emitter->out,
		      "/* Undefined when linking: link the backend's library too. */\n"
		      "extern const struct bobolink_backend *bobolink_backend_%s(void);\n"
		      "extern const struct bobolink_archive *bobolink_archive_%s(void);\n%s%s\n"
		      "const struct bobolink_set %s_migrations = {\n"
		      "\t.data_version = %u,\n",
		      engine, engine, emitter->validates ? VALIDATE : "",
		      requires_others(image) ? PERMIT : "", image->name, BOBOLINK_DATA_VERSION);
	emit_flags(emitter->out, "\t", image->flags, set_flags, ",\n");
	buffer_format(emitter->out,
		      "\t.name = \"%s\",\n\t.digest =\n\t\t\"%s\",\n"
		      "\t.backend = bobolink_backend_%s,\n\t.archive = bobolink_archive_%s,\n",
		      image->name, image->digest, engine, engine);
	if (image->migration_count)
		buffer_add_text(emitter->out, "\t.migrations = migrations,\n\t.chunks = chunks,\n");
	if (image->schema)
		buffer_add_text(emitter->out, "\t.schema = schema,\n");
	if (emitter->validates)
		buffer_add_text(emitter->out, "\t.validate = bobolink_schema_validate,\n");
	if (requires_others(image))
		buffer_add_text(emitter->out, "\t.permit = bobolink_permit,\n");
	if (image->call_count)
		buffer_add_text(emitter->out, "\t.calls = calls,\n");
	if (image->scripts)
		buffer_add_text(emitter->out, "\t.scripts = &scripts,\n");
	if (image->migration_count)
		buffer_format(emitter->out,
			      "\t.migration_count = %" PRIu32 ",\n\t.chunk_count = %" PRIu32 ",\n",
			      image->migration_count, image->chunk_count);
	if (image->shadow_version)
		buffer_format(emitter->out, "\t.shadow_version = %" PRIu32 ",\n",
			      image->shadow_version);
	if (image->call_count)
		buffer_format(emitter->out, "\t.call_count = %" PRIu32 ",\n", image->call_count);
	buffer_add_text(emitter->out, "};\n");
}

/* Code and runtime were made for each other, or the compiler says which of them is old. */
static void print_version_guard(struct emitter *emitter)
{
	buffer_format(emitter->out,
		      "#if BOBOLINK_DATA_VERSION > %u\n"
		      "#error \"made by an older bobolink: regenerate this file with bobolink "
		      "compile\"\n"
		      "#elif BOBOLINK_DATA_VERSION < %u\n"
		      "#error \"made by a newer bobolink: upgrade the bobolink runtime\"\n"
		      "#endif\n\n",
		      BOBOLINK_DATA_VERSION, BOBOLINK_DATA_VERSION);
}

void emit_source(const struct set *set, const struct compile_options *options, struct arena *arena,
		 struct buffer *out)
{
	struct emitter emitter = {
		.set = set,
		.image = image_build(set, options, IMAGE_EMBED, NULL, arena),
		.out = out,
	};

	emitter.validates = options->embed == EMBED_DELTAS && emitter.image->schema;
	buffer_format(out,
		      "/* Made by `bobolink compile`: edit the SQL files, not this one. */\n"
		      "#include \"%s_migrations.h\"\n\n",
		      set->name);
	print_version_guard(&emitter);
	buffer_add_text(out, "#if defined(__GNUC__)\n"
			     "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
			     "#endif\n\n");
	print_migrations(&emitter);
	print_scripts(&emitter);
	print_calls(&emitter);
	print_schema(&emitter);
	print_set(&emitter);
}
