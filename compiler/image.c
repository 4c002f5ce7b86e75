/*
 * Image: the set in memory, in the very form that the generated code has.
 *
 * Receives the checked set, produces the tables of bobolink/migrations.h: one text and one
 * statement table for each chunk of BOBOLINK_CHUNK_SIZE migrations. The texts stand in the order
 * in which the members of struct bobolink_migration name them, so that emit can print them by
 * walking the tables.
 */
#include "image.h"

#include <string.h>

#include "support/buffer.h"
#include "support/text.h"

/* One chunk while it is built. */
struct chunk {
	struct buffer text;
	struct bobolink_statement *statements;
	uint32_t statement_count;
};

/* A place in a source that only moves forward: many statements may share one very long line. */
struct cursor {
	const struct source *source;
	uint32_t offset;
	uint32_t line;
	uint32_t column;
};

static void cursor_advance(struct cursor *cursor, uint32_t offset)
{
	const struct source *source = cursor->source;

	while (cursor->line < source->line_count && source->lines[cursor->line] <= offset) {
		cursor->offset = source->lines[cursor->line++];
		cursor->column = 1;
	}
	cursor->column +=
		(uint32_t)text_utf8_count(source->text + cursor->offset, offset - cursor->offset);
	cursor->offset = offset;
}

/*
 * Offset of a text that is added to the chunk; 0 for none. Offsets have 32 bits: more is no
 * memory.
 */
static uint32_t chunk_text(struct chunk *chunk, const char *text, size_t length)
{
	size_t offset = chunk->text.length;

	if (!text || length == 0)
		return 0;
	if (length >= UINT32_MAX - offset)
		arena_exhausted();
	buffer_add(&chunk->text, text, length);
	buffer_add(&chunk->text, "", 1);
	return (uint32_t)offset;
}

static uint32_t chunk_string(struct chunk *chunk, const char *text)
{
	return text ? chunk_text(chunk, text, strlen(text)) : 0;
}

static uint32_t statement_flags(const struct statement *statement)
{
	uint32_t flags = 0;

	if (statement->no_transaction)
		flags |= BOBOLINK_STATEMENT_NO_TRANSACTION;
	if (statement->repeatable)
		flags |= BOBOLINK_STATEMENT_REPEATABLE;
	return flags;
}

static uint32_t section_flags(const struct section *section)
{
	uint32_t flags = BOBOLINK_SECTION_PRESENT;

	if (section->no_transaction)
		flags |= BOBOLINK_SECTION_NO_TRANSACTION;
	if (section->foreign_keys_off)
		flags |= BOBOLINK_SECTION_FOREIGN_KEYS_OFF;
	if (section->settings.allow_data_loss)
		flags |= BOBOLINK_SECTION_DATA_LOSS;
	return flags;
}

static void add_statement(struct chunk *chunk, const struct statement *statement,
			  struct cursor *cursor)
{
	struct bobolink_statement *out = &chunk->statements[chunk->statement_count++];

	cursor_advance(cursor, statement->offset);
	*out = (struct bobolink_statement){
		.text = chunk_text(chunk, cursor->source->text + statement->offset,
				   statement->length),
		.length = statement->length,
		.line = cursor->line,
		.column = cursor->column,
		.flags = statement_flags(statement),
		.probe = chunk_string(chunk, statement->probe),
		.locks = chunk_string(chunk, statement->locks),
	};
}

/* `file`: the offset of the section's file when the chunk has it already, else 0. */
static struct bobolink_section add_section(struct chunk *chunk, const struct section *section,
					   enum image_use use, uint32_t file)
{
	struct bobolink_section out = { 0 };
	struct cursor cursor = { section->source, 0, 1, 1 };

	if (!section->present)
		return out;
	out.first = chunk->statement_count;
	out.flags = section_flags(section);
	out.file = file ? file : chunk_string(chunk, section->source->file);
	out.lock_timeout_ms = section->settings.lock_timeout_ms;
	out.statement_timeout_ms = section->settings.statement_timeout_ms;
	out.losses = chunk_string(chunk, section->losses);
	out.minimum_version = section->minimum_version;
	out.feature = chunk_string(chunk, section->feature);
	if (use == IMAGE_SHADOW && section->settings.shadow_off)
		return out;
	for (uint32_t i = 0; i < section->count; i++)
		add_statement(chunk, &section->statements[i], &cursor);
	out.count = chunk->statement_count - out.first;
	return out;
}

static const char *irreversible(const struct migration *migration)
{
	if (migration->up.settings.irreversible)
		return migration->up.settings.irreversible;
	return migration->down.settings.irreversible;
}

static void add_migration(struct chunk *chunk, const struct migration *migration,
			  const struct compile_options *options, enum image_use use,
			  struct bobolink_migration *out)
{
	bool same_file = migration->up.source == migration->down.source;

	out->version = migration->version;
	out->name = chunk_string(chunk, migration->name);
	out->checksum = chunk_string(chunk, migration->checksum);
	out->sql_checksum = chunk_string(chunk, migration->sql_checksum);
	out->superseded = chunk_string(chunk, migration->superseded);
	out->irreversible = chunk_string(chunk, irreversible(migration));
	if (options->embed == EMBED_DELTAS)
		out->delta = chunk_string(chunk, migration->delta);
	/* The shadow database holds this set alone. */
	if (use != IMAGE_SHADOW)
		out->requirements = chunk_string(chunk, migration->up.settings.requirements);
	out->up = add_section(chunk, &migration->up, use, 0);
	out->down = add_section(chunk, &migration->down, use, same_file ? out->up.file : 0);
}

static uint32_t count_statements(const struct migration *migrations, uint32_t count)
{
	uint32_t statements = 0;

	for (uint32_t i = 0; i < count; i++)
		statements += migrations[i].up.count + migrations[i].down.count;
	return statements;
}

static struct bobolink_chunk build_chunk(const struct migration *migrations, uint32_t count,
					 const struct compile_options *options, enum image_use use,
					 struct bobolink_migration *out, struct arena *arena)
{
	struct chunk chunk = { BUFFER_INIT, NULL, 0 };
	struct bobolink_chunk built = { NULL, NULL };
	uint32_t capacity = count_statements(migrations, count);

	if (capacity)
		chunk.statements = arena_alloc(arena, capacity, sizeof(*chunk.statements));
	buffer_add(&chunk.text, "", 1);
	for (uint32_t i = 0; i < count; i++)
		add_migration(&chunk, &migrations[i], options, use, &out[i]);
	built.text = arena_copy(arena, chunk.text.text, chunk.text.length);
	built.statements = chunk.statement_count ? chunk.statements : NULL;
	buffer_release(&chunk.text);
	return built;
}

static void build_chunks(const struct set *set, const struct compile_options *options,
			 enum image_use use, struct bobolink_migration *migrations,
			 struct bobolink_chunk *chunks, struct arena *arena)
{
	for (uint32_t first = 0; first < set->count; first += BOBOLINK_CHUNK_SIZE) {
		uint32_t rest = set->count - first;
		uint32_t count = rest < BOBOLINK_CHUNK_SIZE ? rest : BOBOLINK_CHUNK_SIZE;

		chunks[first / BOBOLINK_CHUNK_SIZE] =
			build_chunk(&set->migrations[first], count, options, use,
				    &migrations[first], arena);
	}
}

static uint32_t set_flags(const struct set *set, const struct compile_options *options)
{
	uint32_t flags = 0;

	if (options->out_of_order)
		flags |= BOBOLINK_SET_OUT_OF_ORDER;
	if (set->unproven)
		flags |= BOBOLINK_SET_UNPROVEN;
	return flags;
}

const struct bobolink_set *image_build(const struct set *set, const struct compile_options *options,
				       enum image_use use,
				       const struct bobolink_backend *(*backend)(void),
				       struct arena *arena)
{
	struct bobolink_set *image = arena_alloc(arena, 1, sizeof(*image));
	struct bobolink_migration *migrations = NULL;
	struct bobolink_chunk *chunks = NULL;
	uint32_t chunk_count = (set->count + BOBOLINK_CHUNK_SIZE - 1) / BOBOLINK_CHUNK_SIZE;

	if (set->count) {
		migrations = arena_alloc(arena, set->count, sizeof(*migrations));
		chunks = arena_alloc(arena, chunk_count, sizeof(*chunks));
		build_chunks(set, options, use, migrations, chunks, arena);
	}
	*image = (struct bobolink_set){
		.data_version = BOBOLINK_DATA_VERSION,
		.flags = set_flags(set, options),
		.name = set->name,
		.digest = set->digest,
		.backend = backend,
		.migrations = migrations,
		.chunks = chunks,
		.schema = options->embed == EMBED_NONE ? NULL : set->schema,
		.migration_count = set->count,
		.chunk_count = chunk_count,
		.shadow_version = set->shadow_version,
	};
	return image;
}
