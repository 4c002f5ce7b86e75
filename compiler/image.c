/*
 * Image: the set in memory, in the very form that the generated code has.
 *
 * Receives the checked set, produces the tables of bobolink/migrations.h: one text and one
 * statement table for each chunk of BOBOLINK_CHUNK_SIZE migrations, and likewise for the scripts. The
 * texts stand in the order in which the members of struct bobolink_migration, then those of struct
 * bobolink_script, name them, so that emit can print them by walking the tables.
 */
#include "image.h"

#include <inttypes.h>
#include <string.h>

#include "support/buffer.h"
#include "support/text.h"

/* What all parts of one image share. */
struct builder {
	const struct compile_options *options;
	enum image_use use;
	struct arena *arena;
	struct image_calls calls;
};

/* The migrations of a set, or its scripts, and what becomes of them. */
struct table {
	const struct migration *migrations; /* NULL for scripts */
	const struct script *scripts;
	uint32_t count;
	struct bobolink_migration *items;
	struct bobolink_script *settings; /* of scripts */
	struct bobolink_chunk *chunks;
};

/* One chunk while it is built. */
struct chunk {
	const struct builder *builder;
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

/* Its number in the set's calls, from 1. */
static uint32_t call_number(const struct image_calls *calls, const char *name)
{
	uint32_t i = 0;

	while (strcmp(calls->sections[i]->settings.call, name) != 0)
		i++;
	return i + 1;
}

/* Does the section run where the image is for? */
static bool runs(const struct builder *builder, const struct section *section)
{
	if (builder->use == IMAGE_EMBED)
		return true;
	return !section->settings.shadow_off && (!section->settings.call || section->function);
}

/* `file`: the offset of the section's file when the chunk has it already, else 0. */
static struct bobolink_section add_section(struct chunk *chunk, const struct section *section,
					   uint32_t file)
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
	if (!runs(chunk->builder, section))
		return out;
	if (section->settings.call)
		out.call = call_number(&chunk->builder->calls, section->settings.call);
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

/* `delta`: also beside a schema that has everything. */
static void add_migration(struct chunk *chunk, const struct migration *migration, bool delta,
			  struct bobolink_migration *out)
{
	const struct builder *builder = chunk->builder;
	bool same_file = migration->up.source == migration->down.source;

	out->version = migration->version;
	out->name = chunk_string(chunk, migration->name);
	out->checksum = chunk_string(chunk, migration->checksum);
	out->sql_checksum = chunk_string(chunk, migration->sql_checksum);
	out->superseded = chunk_string(chunk, migration->superseded);
	out->irreversible = chunk_string(chunk, irreversible(migration));
	if (builder->options->embed == EMBED_DELTAS ||
	    (delta && builder->options->embed == EMBED_HEAD))
		out->delta = chunk_string(chunk, migration->delta);
	/* The shadow database holds this set alone. */
	if (builder->use == IMAGE_EMBED)
		out->requirements = chunk_string(chunk, migration->up.settings.requirements);
	out->only = chunk_string(chunk, migration->up.settings.only);
	out->except = chunk_string(chunk, migration->up.settings.except);
	out->up = add_section(chunk, &migration->up, 0);
	out->down = add_section(chunk, &migration->down, same_file ? out->up.file : 0);
}

static uint32_t script_flags(const struct script *script)
{
	uint32_t flags = 0;

	if (script->settings.when_after)
		flags |= BOBOLINK_SCRIPT_AFTER;
	if (script->settings.repeat_always)
		flags |= BOBOLINK_SCRIPT_ALWAYS;
	if (script->unproven)
		flags |= BOBOLINK_SCRIPT_UNPROVEN;
	return flags;
}

/* The places as text, "0 3". */
static uint32_t add_places(struct chunk *chunk, const struct script *script)
{
	struct buffer text = BUFFER_INIT;
	uint32_t offset;

	for (uint32_t i = 0; i < script->after_count; i++)
		buffer_format(&text, "%s%" PRIu32, i ? " " : "", script->after[i]);
	offset = chunk_text(chunk, text.text, text.length);
	buffer_release(&text);
	return offset;
}

/* 0 stands for none: the second behind it is as long ago. */
static int64_t limit_of(bool present, int64_t time)
{
	if (!present)
		return 0;
	return time ? time : 1;
}

static void add_script(struct chunk *chunk, const struct script *script, uint32_t file,
		       struct bobolink_script *out)
{
	const struct settings *settings = &script->settings;

	out->flags = script_flags(script);
	out->title = chunk_string(chunk, script->title);
	out->after = add_places(chunk, script);
	out->guard = add_section(chunk, &script->guard, file);
	out->required = settings->required;
	out->not_before = limit_of(settings->has_not_before, settings->not_before);
	out->not_after = limit_of(settings->has_not_after, settings->not_after);
	out->window_from = settings->window_from;
	out->window_to = settings->window_to;
	out->attempts = settings->attempts;
}

static uint32_t count_statements(const struct table *table, uint32_t first, uint32_t count)
{
	uint32_t statements = 0;

	for (uint32_t i = first; i < first + count; i++) {
		const struct migration *migration =
			table->scripts ? &table->scripts[i].base : &table->migrations[i];

		statements += migration->up.count + migration->down.count;
		if (table->scripts)
			statements += table->scripts[i].guard.count;
	}
	return statements;
}

static void add_item(struct chunk *chunk, const struct table *table, uint32_t index)
{
	struct bobolink_migration *item = &table->items[index];

	if (!table->scripts) {
		add_migration(chunk, &table->migrations[index], false, item);
		return;
	}
	/* What one makes that did not run is not expected. */
	add_migration(chunk, &table->scripts[index].base, true, item);
	add_script(chunk, &table->scripts[index], item->up.file, &table->settings[index]);
}

static struct bobolink_chunk build_chunk(const struct builder *builder, const struct table *table,
					 uint32_t first, uint32_t count)
{
	struct chunk chunk = { builder, BUFFER_INIT, NULL, 0 };
	struct bobolink_chunk built = { NULL, NULL };
	uint32_t capacity = count_statements(table, first, count);

	if (capacity)
		chunk.statements = arena_alloc(builder->arena, capacity, sizeof(*chunk.statements));
	buffer_add(&chunk.text, "", 1);
	for (uint32_t i = first; i < first + count; i++)
		add_item(&chunk, table, i);
	built.text = arena_copy(builder->arena, chunk.text.text, chunk.text.length);
	built.statements = chunk.statement_count ? chunk.statements : NULL;
	buffer_release(&chunk.text);
	return built;
}

static uint32_t chunk_count(uint32_t count)
{
	return (count + BOBOLINK_CHUNK_SIZE - 1) / BOBOLINK_CHUNK_SIZE;
}

static void build_table(const struct builder *builder, struct table *table)
{
	if (!table->count)
		return;
	table->items = arena_alloc(builder->arena, table->count, sizeof(*table->items));
	table->chunks =
		arena_alloc(builder->arena, chunk_count(table->count), sizeof(*table->chunks));
	if (table->scripts)
		table->settings =
			arena_alloc(builder->arena, table->count, sizeof(*table->settings));
	for (uint32_t first = 0; first < table->count; first += BOBOLINK_CHUNK_SIZE) {
		uint32_t rest = table->count - first;
		uint32_t count = rest < BOBOLINK_CHUNK_SIZE ? rest : BOBOLINK_CHUNK_SIZE;

		table->chunks[first / BOBOLINK_CHUNK_SIZE] =
			build_chunk(builder, table, first, count);
	}
}

/* emit names the function that runs them. */
static const struct bobolink_scripts *build_scripts(const struct builder *builder,
						    const struct set *set)
{
	struct table table = { .scripts = set->scripts,
			       .count = set->fix_count + set->repeatable_count };
	struct bobolink_scripts *scripts;

	if (!table.count || builder->use == IMAGE_SHADOW)
		return NULL;
	build_table(builder, &table);
	scripts = arena_alloc(builder->arena, 1, sizeof(*scripts));
	*scripts = (struct bobolink_scripts){
		.items = table.items,
		.settings = table.settings,
		.chunks = table.chunks,
		.fix_count = set->fix_count,
		.repeatable_count = set->repeatable_count,
	};
	return scripts;
}

/* --- calls ----------------------------------------------------------------------------------- */

static void note_call(struct image_calls *calls, size_t *capacity, const struct section *section,
		      struct arena *arena)
{
	if (!section->present || !section->settings.call)
		return;
	for (uint32_t i = 0; i < calls->count; i++)
		if (strcmp(calls->sections[i]->settings.call, section->settings.call) == 0)
			return;
	calls->sections = arena_grow(arena, calls->sections, calls->count, capacity,
				     sizeof(const struct section *));
	calls->sections[calls->count++] = section;
}

struct image_calls image_calls(const struct set *set, struct arena *arena)
{
	struct image_calls calls = { NULL, 0 };
	size_t capacity = 0;

	for (uint32_t i = 0; i < set->count; i++) {
		note_call(&calls, &capacity, &set->migrations[i].up, arena);
		note_call(&calls, &capacity, &set->migrations[i].down, arena);
	}
	for (uint32_t i = 0; i < set->fix_count + set->repeatable_count; i++) {
		note_call(&calls, &capacity, &set->scripts[i].base.up, arena);
		note_call(&calls, &capacity, &set->scripts[i].base.down, arena);
	}
	return calls;
}

static const struct bobolink_call *build_calls(const struct builder *builder)
{
	const struct image_calls *calls = &builder->calls;
	struct bobolink_call *out;

	if (!calls->count)
		return NULL;
	out = arena_alloc(builder->arena, calls->count, sizeof(*out));
	for (uint32_t i = 0; i < calls->count; i++)
		out[i] = (struct bobolink_call){ calls->sections[i]->settings.call,
						 calls->sections[i]->function };
	return out;
}

/* --- the whole ------------------------------------------------------------------------------- */

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
	const struct builder builder = { options, use, arena, image_calls(set, arena) };
	struct bobolink_set *image = arena_alloc(arena, 1, sizeof(*image));
	struct table table = { .migrations = set->migrations, .count = set->count };

	build_table(&builder, &table);
	*image = (struct bobolink_set){
		.data_version = BOBOLINK_DATA_VERSION,
		.flags = set_flags(set, options),
		.name = set->name,
		.digest = set->digest,
		.backend = backend,
		.migrations = table.items,
		.chunks = table.chunks,
		.schema = options->embed == EMBED_NONE ? NULL : set->schema,
		.calls = build_calls(&builder),
		.scripts = build_scripts(&builder, set),
		.migration_count = set->count,
		.chunk_count = chunk_count(set->count),
		.shadow_version = set->shadow_version,
		.call_count = builder.calls.count,
	};
	return image;
}
