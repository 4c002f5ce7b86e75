/*
 * Again: a view that was made of another one is gone when that one is dropped to be made anew, and a trigger is gone with the
 * table that a migration rebuilds. Neither's text has changed, so the checksum tells it.
 *
 * What a migration takes away is read from its text, on the safe side: running once more does no harm, and the
 * shadow proves that.
 */
#include "order_again.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "statement.h"
#include "support/buffer.h"
#include "support/text.h"

/* Between DROP and the names. */
static const char *const kinds[] = {
	"AGGREGATE", "CASCADE",	  "CONCURRENTLY", "DOMAIN",  "EVENT", "EXISTS",
	"EXTENSION", "FOREIGN",	  "FUNCTION",	  "IF",	     "INDEX", "MATERIALIZED",
	"POLICY",    "PROCEDURE", "RESTRICT",	  "ROUTINE", "RULE",  "SCHEMA",
	"SEQUENCE",  "TABLE",	  "TRIGGER",	  "TYPE",    "VIEW",
};

static bool is_kind(const struct source *source, struct token token)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (statement_is(source, token, kinds[i]))
			return true;
	}
	return false;
}

static bool is_name(struct token token)
{
	return token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED;
}

static bool mentions(const struct section *section, const char *name)
{
	for (uint32_t i = 0; i < section->tokens->count; i++) {
		struct token token = section->tokens->items[i];

		if (is_name(token) && statement_names(section->source, token, name))
			return true;
	}
	return false;
}

/* Whether a DROP names something that the repeatable speaks of. What stands in parentheses are types, and behind ON a table. */
static bool drops(const struct section *section, const struct statement *statement,
		  const struct section *repeatable, struct arena *arena)
{
	uint32_t depth = 0;
	struct token token;

	if (!statement_starts(section->source, section->tokens, statement, "DROP"))
		return false;
	for (uint32_t n = 1;
	     (token = statement_word(section->tokens, statement, n)).kind != TOKEN_END; n++) {
		bool qualifies =
			statement_word(section->tokens, statement, n + 1).kind == TOKEN_DOT;

		depth += token.kind == TOKEN_LEFT;
		depth -= token.kind == TOKEN_RIGHT && depth;
		if (statement_is(section->source, token, "ON"))
			return false;
		if (depth || qualifies || !is_name(token) || is_kind(section->source, token))
			continue;
		if (mentions(repeatable, statement_name(section->source, token, arena)))
			return true;
	}
	return false;
}

/* PostgreSQL: CASCADE takes along whatever was made of it. That of a foreign key is another one. */
static bool cascades(const struct section *section, const struct statement *statement)
{
	struct token before = { TOKEN_END, 0, 0 };
	struct token token;

	if (!statement_starts(section->source, section->tokens, statement, "DROP") &&
	    !statement_starts(section->source, section->tokens, statement, "ALTER"))
		return false;
	for (uint32_t n = 1;
	     (token = statement_word(section->tokens, statement, n)).kind != TOKEN_END; n++) {
		if (statement_is(section->source, token, "CASCADE") &&
		    !statement_is(section->source, before, "DELETE") &&
		    !statement_is(section->source, before, "UPDATE"))
			return true;
		before = token;
	}
	return false;
}

static bool takes_away(const struct set *set, const struct section *up,
		       const struct section *repeatable, struct arena *arena)
{
	for (uint32_t i = 0; i < up->count; i++) {
		if (drops(up, &up->statements[i], repeatable, arena) ||
		    (set->database == DATABASE_POSTGRES && cascades(up, &up->statements[i])))
			return true;
	}
	return false;
}

static int compare_names(const void *left, const void *right)
{
	const struct migration *const *a = left;
	const struct migration *const *b = right;

	return strcmp((*a)->name, (*b)->name);
}

/* By name: their places change with what else is there. */
static void add_earlier(const struct set *set, const struct script *script, struct arena *arena,
			struct buffer *bytes)
{
	const struct migration **earlier =
		arena_alloc(arena, script->after_count, sizeof(const struct migration *));

	for (uint32_t i = 0; i < script->after_count; i++)
		earlier[i] = &set->scripts[script->after[i]].base;
	if (script->after_count)
		qsort(earlier, script->after_count, sizeof(*earlier), compare_names);
	for (uint32_t i = 0; i < script->after_count; i++)
		buffer_format(bytes, "after %s %s\n", earlier[i]->name, earlier[i]->checksum);
}

void order_again(struct set *set, struct arena *arena)
{
	for (uint32_t i = 0; i < set->repeatable_count; i++) {
		struct script *script = &set->scripts[set->fix_count + i];
		struct buffer bytes = BUFFER_INIT;

		add_earlier(set, script, arena, &bytes);
		for (uint32_t k = 0; k < set->count; k++) {
			const struct migration *migration = &set->migrations[k];

			if (takes_away(set, &migration->up, &script->base.up, arena))
				buffer_format(&bytes, "behind %" PRId64 "\n", migration->version);
		}
		if (bytes.length) {
			buffer_add_text(&bytes, script->base.checksum);
			text_sha256(&(struct text_piece){ bytes.text, bytes.length }, 1,
				    script->base.checksum);
		}
		buffer_release(&bytes);
	}
}
