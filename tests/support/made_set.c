/* Sets made by hand, without the stages that read files: for tests of what comes after them. */
#include "made_set.h"

#include <inttypes.h>
#include <string.h>

#define MIGRATIONS_MAX 10000
#define SCRIPTS_MAX    1000

void made_set_init(struct made_set *made, struct arena *arena)
{
	memset(made, 0, sizeof(*made));
	made->arena = arena;
	made->options.name = "shop";
	made->options.embed = EMBED_DELTAS;
	made->set.name = "shop";
	made->set.database = DATABASE_SQLITE;
	made->set.migrations = arena_alloc(arena, MIGRATIONS_MAX, sizeof(struct migration));
	made->set.scripts = arena_alloc(arena, SCRIPTS_MAX, sizeof(struct script));
	memset(made->set.digest, 'd', 64);
}

static struct source *make_source(struct made_set *made, int64_t version, const char *name,
				  const char *entry)
{
	struct source *source = arena_alloc(made->arena, 1, sizeof(*source));

	source->file = arena_format(made->arena, "migrations/%s", entry);
	source->path = source->file;
	source->entry = entry;
	source->name = name;
	source->version = version;
	source->text = "";
	source->lines = arena_alloc(made->arena, 1, sizeof(*source->lines));
	source->line_count = 1;
	return source;
}

static void fill(struct migration *migration, int64_t version, const char *name,
		 const struct source *source)
{
	migration->version = version;
	migration->name = name;
	migration->entry = source->entry;
	memset(migration->checksum, 'c', 64);
	memset(migration->sql_checksum, 'a', 64);
	migration->up.present = true;
	migration->up.source = source;
}

struct migration *made_set_add(struct made_set *made, int64_t version, const char *name)
{
	struct migration *migration = &made->set.migrations[made->set.count++];
	const char *entry = arena_format(made->arena, "%04" PRId64 "_%s.sql", version, name);

	fill(migration, version, name, make_source(made, version, name, entry));
	return migration;
}

struct script *made_set_script(struct made_set *made, int64_t version, const char *name)
{
	uint32_t count = made->set.fix_count + made->set.repeatable_count;
	struct script *script = &made->set.scripts[count];
	const char *entry =
		version ? arena_format(made->arena, "fixes/%04" PRId64 "_%s.sql", version, name)
			: arena_format(made->arena, "R__%s.sql", name);

	fill(&script->base, version, name, make_source(made, version, name, entry));
	script->settings.required = -1;
	script->guard.present = version != 0;
	script->guard.source = script->base.up.source;
	made->set.fix_count += version != 0;
	made->set.repeatable_count += version == 0;
	return script;
}

static void read_lines(struct made_set *made, struct source *source)
{
	uint32_t *lines;
	uint32_t count = 1;

	for (size_t i = 0; i < source->length; i++)
		count += source->text[i] == '\n';
	lines = arena_alloc(made->arena, count, sizeof(*lines));
	source->line_count = 1;
	for (size_t i = 0; i < source->length; i++) {
		if (source->text[i] == '\n')
			lines[source->line_count++] = (uint32_t)i + 1;
	}
	source->lines = lines;
}

static void add_statement(struct made_set *made, struct section *section, const char *text,
			  size_t length)
{
	struct source *source = (struct source *)section->source;
	struct statement *statements =
		arena_alloc(made->arena, section->count + 1, sizeof(*statements));
	char *grown = arena_alloc(made->arena, source->length + length + 3, 1);

	if (section->count)
		memcpy(statements, section->statements, section->count * sizeof(*statements));
	memcpy(grown, source->text, source->length);
	memcpy(grown + source->length, text, length);
	memcpy(grown + source->length + length, ";\n", 2);
	statements[section->count].offset = (uint32_t)source->length;
	statements[section->count++].length = (uint32_t)length;
	section->statements = statements;
	source->text = grown;
	source->length += length + 2;
	read_lines(made, source);
}

void made_set_up(struct made_set *made, const char *text, size_t length)
{
	add_statement(made, &made->set.migrations[made->set.count - 1].up, text, length);
}

void made_set_down(struct made_set *made, const char *text, size_t length)
{
	struct migration *migration = &made->set.migrations[made->set.count - 1];

	migration->down.present = true;
	migration->down.source = migration->up.source;
	add_statement(made, &migration->down, text, length);
}

void made_set_statement(struct made_set *made, struct section *section, const char *text)
{
	const struct set *set = &made->set;
	const struct script *script = &set->scripts[set->fix_count + set->repeatable_count - 1];

	section->present = true;
	section->source = script->base.up.source;
	add_statement(made, section, text, strlen(text));
}
