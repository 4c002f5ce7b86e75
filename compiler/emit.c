/*
 * Emit: from the checked set to readable C.
 *
 * Receives the set, builds its image and prints that as the C source and header described in
 * bobolink/migrations.h: the texts and statements of each chunk, then migrations, chunks and the
 * set. What is printed depends on the set alone: no date, no absolute path, printable ASCII only.
 */
#include "emit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "emit_literal.h"
#include "image.h"

/* What the functions that print a section of the output share. */
struct emitter {
	const struct set *set;
	const struct bobolink_set *image;
	struct buffer *out;
	bool validates; /* with deltas alone it is known what each migration makes */
};

/* A text of a chunk: the member of the struct that holds it. */
struct member {
	int64_t version;
	const char *kind;   /* "name", "up" */
	uint32_t statement; /* number from 1; 0 for a text that is not a statement's */
	const char *suffix; /* of a statement's text: "", "_probe", "_locks" */
	const char *text;
	uint32_t length;
};

typedef void member_fn(struct emitter *emitter, const struct member *member);

struct flag_name {
	uint32_t flag;
	const char *name;
};

static const struct flag_name statement_flags[] = {
	{ BOBOLINK_STATEMENT_NO_TRANSACTION, "BOBOLINK_STATEMENT_NO_TRANSACTION" },
	{ BOBOLINK_STATEMENT_REPEATABLE, "BOBOLINK_STATEMENT_REPEATABLE" },
	{ 0, NULL },
};

static const struct flag_name section_flags[] = {
	{ BOBOLINK_SECTION_PRESENT, "BOBOLINK_SECTION_PRESENT" },
	{ BOBOLINK_SECTION_NO_TRANSACTION, "BOBOLINK_SECTION_NO_TRANSACTION" },
	{ BOBOLINK_SECTION_FOREIGN_KEYS_OFF, "BOBOLINK_SECTION_FOREIGN_KEYS_OFF" },
	{ BOBOLINK_SECTION_DATA_LOSS, "BOBOLINK_SECTION_DATA_LOSS" },
	{ 0, NULL },
};

static const struct flag_name set_flags[] = {
	{ BOBOLINK_SET_OUT_OF_ORDER, "BOBOLINK_SET_OUT_OF_ORDER" },
	{ BOBOLINK_SET_UNPROVEN, "BOBOLINK_SET_UNPROVEN" },
	{ 0, NULL },
};

static uint32_t chunk_end(const struct emitter *emitter, uint32_t chunk)
{
	uint32_t end = (chunk + 1) * BOBOLINK_CHUNK_SIZE;
	uint32_t count = emitter->image->migration_count;

	return end < count ? end : count;
}

static const struct bobolink_chunk *chunk_of(const struct emitter *emitter, uint32_t migration)
{
	return &emitter->image->chunks[migration / BOBOLINK_CHUNK_SIZE];
}

static const char *text_at(const struct emitter *emitter, uint32_t migration, uint32_t offset)
{
	return chunk_of(emitter, migration)->text + offset;
}

/* `, .flags = A | B` in front of which the caller wrote `before`; nothing when no flag is set. */
static void print_flags(struct emitter *emitter, const char *before, uint32_t flags,
			const struct flag_name *names, const char *after)
{
	const char *separator = "";

	if (!flags)
		return;
	buffer_format(emitter->out, "%s.flags = ", before);
	for (; names->name; names++) {
		if (!(flags & names->flag))
			continue;
		buffer_format(emitter->out, "%s%s", separator, names->name);
		separator = " | ";
	}
	buffer_add_text(emitter->out, after);
}

/* The files of a migration, above its texts and above its row. */
static void print_files(struct emitter *emitter, uint32_t index, const char *indent)
{
	const struct bobolink_migration *migration = &emitter->image->migrations[index];
	uint32_t up = migration->up.file;
	uint32_t down = migration->down.file;

	buffer_format(emitter->out, "%s/* ", indent);
	emit_comment_text(emitter->out, text_at(emitter, index, up));
	if (down && down != up) {
		buffer_add_text(emitter->out, up ? ", " : "");
		emit_comment_text(emitter->out, text_at(emitter, index, down));
	}
	buffer_add_text(emitter->out, " */\n");
}

static void visit_text(struct emitter *emitter, uint32_t index, const char *kind, uint32_t offset,
		       member_fn *visit)
{
	struct member member = { emitter->image->migrations[index].version, kind, 0, "", NULL, 0 };

	if (!offset)
		return;
	member.text = text_at(emitter, index, offset);
	member.length = (uint32_t)strlen(member.text);
	visit(emitter, &member);
}

/* A text that belongs to the text of a statement. */
static void visit_more(struct emitter *emitter, uint32_t index, struct member member,
		       const char *suffix, uint32_t offset, member_fn *visit)
{
	if (!offset)
		return;
	member.suffix = suffix;
	member.text = text_at(emitter, index, offset);
	member.length = (uint32_t)strlen(member.text);
	visit(emitter, &member);
}

static void visit_section(struct emitter *emitter, uint32_t index, const char *kind,
			  const struct bobolink_section *section, member_fn *visit)
{
	struct member member = { .version = emitter->image->migrations[index].version,
				 .kind = kind };
	const struct bobolink_statement *statement;

	for (uint32_t i = 0; i < section->count; i++) {
		statement = &chunk_of(emitter, index)->statements[section->first + i];
		member.statement = i + 1;
		member.suffix = "";
		member.text = text_at(emitter, index, statement->text);
		member.length = statement->length;
		visit(emitter, &member);
		visit_more(emitter, index, member, "_probe", statement->probe, visit);
		visit_more(emitter, index, member, "_locks", statement->locks, visit);
	}
}

/* Every text of a migration, in the order in which the image stored them. */
static void visit_members(struct emitter *emitter, uint32_t index, member_fn *visit)
{
	const struct bobolink_migration *migration = &emitter->image->migrations[index];
	uint32_t down_file = migration->down.file == migration->up.file ? 0 : migration->down.file;

	visit_text(emitter, index, "name", migration->name, visit);
	visit_text(emitter, index, "checksum", migration->checksum, visit);
	visit_text(emitter, index, "sql_checksum", migration->sql_checksum, visit);
	visit_text(emitter, index, "superseded", migration->superseded, visit);
	visit_text(emitter, index, "irreversible", migration->irreversible, visit);
	visit_text(emitter, index, "delta", migration->delta, visit);
	visit_text(emitter, index, "requirements", migration->requirements, visit);
	visit_text(emitter, index, "up_file", migration->up.file, visit);
	visit_text(emitter, index, "up_losses", migration->up.losses, visit);
	visit_text(emitter, index, "up_feature", migration->up.feature, visit);
	visit_section(emitter, index, "up", &migration->up, visit);
	visit_text(emitter, index, "down_file", down_file, visit);
	visit_text(emitter, index, "down_losses", migration->down.losses, visit);
	visit_text(emitter, index, "down_feature", migration->down.feature, visit);
	visit_section(emitter, index, "down", &migration->down, visit);
}

static void print_member_name(struct emitter *emitter, const struct member *member)
{
	buffer_format(emitter->out, "v%" PRId64 "_%s", member->version, member->kind);
	if (member->statement)
		buffer_format(emitter->out, "_%" PRIu32 "%s", member->statement, member->suffix);
}

static void print_declaration(struct emitter *emitter, const struct member *member)
{
	buffer_add_text(emitter->out, "\tchar ");
	print_member_name(emitter, member);
	buffer_format(emitter->out, "[%" PRIu64 "];\n", (uint64_t)member->length + 1);
}

/* Without the member's name: one compiler takes time quadratic in the number of named members. */
static void print_value(struct emitter *emitter, const struct member *member)
{
	buffer_add_text(emitter->out, "\t");
	emit_literal(emitter->out, "\t\t", member->text, member->length);
	buffer_add_text(emitter->out, ",\n");
}

static void print_texts(struct emitter *emitter, uint32_t chunk)
{
	uint32_t first = chunk * BOBOLINK_CHUNK_SIZE;

	buffer_format(emitter->out, "static const struct text_%" PRIu32 " {\n\tchar none[1];\n",
		      chunk);
	for (uint32_t i = first; i < chunk_end(emitter, chunk); i++) {
		print_files(emitter, i, "\t");
		visit_members(emitter, i, print_declaration);
	}
	buffer_format(emitter->out, "} text_%" PRIu32 " = {\n\t\"\",\n", chunk);
	for (uint32_t i = first; i < chunk_end(emitter, chunk); i++) {
		print_files(emitter, i, "\t");
		visit_members(emitter, i, print_value);
	}
	buffer_add_text(emitter->out, "};\n\n");
}

/* `.probe = offsetof(struct text_0, v7_up_1_probe)` or nothing for offset 0. */
static void print_more(struct emitter *emitter, uint32_t index, const char *kind, uint32_t number,
		       const char *field, uint32_t offset)
{
	if (!offset)
		return;
	buffer_format(emitter->out,
		      ",\n\t  .%s = offsetof(struct text_%u, v%" PRId64 "_%s_%" PRIu32 "_%s)",
		      field, index / BOBOLINK_CHUNK_SIZE, emitter->image->migrations[index].version,
		      kind, number, field);
}

static void print_statements(struct emitter *emitter, uint32_t index, const char *kind,
			     const struct bobolink_section *section)
{
	const struct bobolink_statement *statement;

	for (uint32_t i = 0; i < section->count; i++) {
		statement = &chunk_of(emitter, index)->statements[section->first + i];
		buffer_format(emitter->out,
			      "\t{ .text = offsetof(struct text_%u, v%" PRId64 "_%s_%" PRIu32 "), "
			      ".length = %" PRIu32 ", .line = %" PRIu32 ", .column = %" PRIu32,
			      index / BOBOLINK_CHUNK_SIZE,
			      emitter->image->migrations[index].version, kind, i + 1,
			      statement->length, statement->line, statement->column);
		print_flags(emitter, ",\n\t  ", statement->flags, statement_flags, "");
		print_more(emitter, index, kind, i + 1, "probe", statement->probe);
		print_more(emitter, index, kind, i + 1, "locks", statement->locks);
		buffer_add_text(emitter->out, " },\n");
	}
}

static void print_statement_table(struct emitter *emitter, uint32_t chunk)
{
	if (!emitter->image->chunks[chunk].statements)
		return;
	buffer_format(emitter->out,
		      "static const struct bobolink_statement statements_%" PRIu32 "[] = {\n",
		      chunk);
	for (uint32_t i = chunk * BOBOLINK_CHUNK_SIZE; i < chunk_end(emitter, chunk); i++) {
		const struct bobolink_migration *migration = &emitter->image->migrations[i];

		if (migration->up.count + migration->down.count)
			print_files(emitter, i, "\t");
		print_statements(emitter, i, "up", &migration->up);
		print_statements(emitter, i, "down", &migration->down);
	}
	buffer_add_text(emitter->out, "};\n\n");
}

/* `.name = offsetof(struct text_0, v7_name),` or nothing for offset 0. */
static void print_offset(struct emitter *emitter, uint32_t index, const char *indent,
			 const char *field, const char *kind, uint32_t offset)
{
	if (!offset)
		return;
	buffer_format(emitter->out, "%s.%s = offsetof(struct text_%u, v%" PRId64 "_%s),\n", indent,
		      field, index / BOBOLINK_CHUNK_SIZE, emitter->image->migrations[index].version,
		      kind);
}

static void print_number(struct emitter *emitter, const char *field, uint32_t value)
{
	if (value)
		buffer_format(emitter->out, "\t\t\t.%s = %" PRIu32 ",\n", field, value);
}

static void print_section(struct emitter *emitter, uint32_t index, const char *kind,
			  const struct bobolink_section *section, const char *file)
{
	char losses[16];
	char feature[16];

	if (!section->flags)
		return;
	snprintf(losses, sizeof(losses), "%s_losses", kind);
	snprintf(feature, sizeof(feature), "%s_feature", kind);
	buffer_format(emitter->out, "\t\t.%s = {\n", kind);
	print_number(emitter, "first", section->first);
	print_number(emitter, "count", section->count);
	print_flags(emitter, "\t\t\t", section->flags, section_flags, ",\n");
	print_offset(emitter, index, "\t\t\t", "file", file, section->file);
	print_number(emitter, "lock_timeout_ms", section->lock_timeout_ms);
	print_number(emitter, "statement_timeout_ms", section->statement_timeout_ms);
	print_offset(emitter, index, "\t\t\t", "losses", losses, section->losses);
	print_number(emitter, "minimum_version", section->minimum_version);
	print_offset(emitter, index, "\t\t\t", "feature", feature, section->feature);
	buffer_add_text(emitter->out, "\t\t},\n");
}

static void print_migration(struct emitter *emitter, uint32_t index)
{
	const struct bobolink_migration *migration = &emitter->image->migrations[index];
	bool same_file = migration->down.file == migration->up.file;

	print_files(emitter, index, "\t");
	buffer_add_text(emitter->out, "\t{\n\t\t.version = ");
	emit_version_macro(emitter->out, emitter->image->name, migration->version,
			   text_at(emitter, index, migration->name));
	buffer_add_text(emitter->out, ",\n");
	print_offset(emitter, index, "\t\t", "name", "name", migration->name);
	print_offset(emitter, index, "\t\t", "checksum", "checksum", migration->checksum);
	print_offset(emitter, index, "\t\t", "sql_checksum", "sql_checksum",
		     migration->sql_checksum);
	print_offset(emitter, index, "\t\t", "superseded", "superseded", migration->superseded);
	print_offset(emitter, index, "\t\t", "irreversible", "irreversible",
		     migration->irreversible);
	print_offset(emitter, index, "\t\t", "delta", "delta", migration->delta);
	print_offset(emitter, index, "\t\t", "requirements", "requirements",
		     migration->requirements);
	print_section(emitter, index, "up", &migration->up, "up_file");
	print_section(emitter, index, "down", &migration->down,
		      same_file ? "up_file" : "down_file");
	buffer_add_text(emitter->out, "\t},\n");
}

static void print_migrations(struct emitter *emitter)
{
	if (!emitter->image->migration_count)
		return;
	buffer_add_text(emitter->out, "static const struct bobolink_migration migrations[] = {\n");
	for (uint32_t i = 0; i < emitter->image->migration_count; i++)
		print_migration(emitter, i);
	buffer_add_text(emitter->out, "};\n\n");
}

static void print_chunks(struct emitter *emitter)
{
	if (!emitter->image->chunk_count)
		return;
	buffer_add_text(emitter->out, "static const struct bobolink_chunk chunks[] = {\n");
	for (uint32_t i = 0; i < emitter->image->chunk_count; i++) {
		buffer_format(emitter->out, "\t{ .text = (const char *)&text_%" PRIu32, i);
		if (emitter->image->chunks[i].statements)
			buffer_format(emitter->out, ", .statements = statements_%" PRIu32, i);
		buffer_add_text(emitter->out, " },\n");
	}
	buffer_add_text(emitter->out, "};\n\n");
}

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
	print_flags(emitter, "\t", image->flags, set_flags, ",\n");
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
	if (image->migration_count)
		buffer_format(emitter->out,
			      "\t.migration_count = %" PRIu32 ",\n\t.chunk_count = %" PRIu32 ",\n",
			      image->migration_count, image->chunk_count);
	if (image->shadow_version)
		buffer_format(emitter->out, "\t.shadow_version = %" PRIu32 ",\n",
			      image->shadow_version);
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
	for (uint32_t i = 0; i < emitter.image->chunk_count; i++) {
		print_texts(&emitter, i);
		print_statement_table(&emitter, i);
	}
	print_migrations(&emitter);
	print_chunks(&emitter);
	print_schema(&emitter);
	print_set(&emitter);
}
