/*
 * Places: from the database's words back to the text that it was given.
 */
#include "shadow_place.h"

#include <ctype.h>
#include <string.h>

#include "statement.h"
#include "support/text.h"

const struct token *shadow_find_name(const struct section *section,
				     const struct statement *statement, const char *name)
{
	const struct token *token = &section->tokens->items[statement->first_token];
	const struct token *end = token + statement->token_count;
	const struct token *string = NULL; /* may be a name, too, but seldom is one */

	for (; token < end; token++) {
		if (!statement_names(section->source, *token, name))
			continue;
		if (token->kind != TOKEN_STRING)
			return token;
		string = string ? string : token;
	}
	return string;
}

const struct token *shadow_find_parent(const struct section *section,
				       const struct statement *statement, const char *name)
{
	const struct token *token = &section->tokens->items[statement->first_token];
	const struct token *end = token + statement->token_count;

	for (; token + 1 < end; token++) {
		if (statement_is(section->source, token[0], "REFERENCES") &&
		    statement_names(section->source, token[1], name))
			return &token[1];
	}
	return NULL;
}

static const struct token *token_at(const struct section *section,
				    const struct statement *statement, uint32_t offset)
{
	const struct token *token = &section->tokens->items[statement->first_token];
	const struct token *end = token + statement->token_count;

	while (token < end && token->offset + token->length <= offset)
		token++;
	return token < end && token->offset <= offset ? token : NULL;
}

/* Of what stands inside a string, such as the body of a function. */
static uint32_t word_length(const struct source *source, uint32_t at)
{
	uint32_t end = at;

	while (end < source->length && (isalnum((unsigned char)source->text[end]) ||
					source->text[end] == '_' || (source->text[end] & 0x80)))
		end++;
	return end - at;
}

struct shadow_place shadow_place_of(struct shadow_run *run, const struct section *section,
				    const struct statement *statement, int32_t offset,
				    const char *message)
{
	const struct shadow_engine *engine = run->engine;
	const char *name = offset < 0 ? engine->message_name(message, run->arena) : NULL;
	bool at_end = strcmp(message, engine->syntax_end) == 0;
	uint32_t at = statement->offset + (at_end	? statement->length - 1
					   : offset > 0 ? (uint32_t)offset
							: 0);
	const struct token *token = token_at(section, statement, at);
	const struct token *named = name ? shadow_find_name(section, statement, name) : NULL;

	if (named)
		token = named;
	if (token && token->kind == TOKEN_STRING && at > token->offset && !named)
		return (struct shadow_place){ section->source, at,
					      word_length(section->source, at) };
	if (token)
		return (struct shadow_place){ section->source, token->offset, token->length };
	return (struct shadow_place){ section->source, at, 0 };
}

const struct statement *shadow_statement_at(const struct section *section, uint32_t offset)
{
	for (uint32_t i = section->count; i-- > 0;) {
		if (section->statements[i].offset <= offset)
			return &section->statements[i];
	}
	return NULL;
}

uint32_t shadow_offset_of(const struct source *source, uint32_t line, uint32_t column)
{
	uint32_t offset;

	if (line == 0 || line > source->line_count)
		return 0;
	offset = source->lines[line - 1];
	for (; column > 1 && offset < source->length; column--) {
		offset++;
		while (offset < source->length &&
		       ((unsigned char)source->text[offset] & 0xC0) == 0x80)
			offset++;
	}
	return offset;
}

/* True when the statement is CREATE … name. */
static bool creates(const struct section *section, const struct statement *statement,
		    const char *name)
{
	static const char *const words[] = { "TEMP",  "TEMPORARY", "UNIQUE",  "VIRTUAL",
					     "TABLE", "INDEX",	   "TRIGGER", "VIEW",
					     "IF",    "NOT",	   "EXISTS" };
	uint32_t n = 1;

	if (!statement_starts(section->source, section->tokens, statement, "CREATE"))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		n += statement_is(section->source, statement_word(section->tokens, statement, n),
				  words[i]);
	if (statement_word(section->tokens, statement, n + 1).kind == TOKEN_DOT)
		n += 2;
	return statement_names(section->source, statement_word(section->tokens, statement, n),
			       name);
}

const struct statement *shadow_maker(const struct migration *migration, const char *name)
{
	const struct section *section = &migration->up;
	const struct statement *found = NULL;
	bool created = false;

	for (uint32_t i = 0; i < section->count; i++) {
		const struct statement *statement = &section->statements[i];
		bool creates_it = creates(section, statement, name);

		if (creates_it || (!created && shadow_find_name(section, statement, name)))
			found = statement;
		created |= creates_it;
	}
	return found;
}

static bool same(const char *one, const char *other)
{
	return text_is(one, strlen(one), other);
}

static bool is_object(const struct bobolink_object *object, int32_t kind, const char *parent,
		      const char *name)
{
	bool is_kind =
		kind ? object->kind == kind || (kind == BOBOLINK_OBJECT_TABLE &&
						object->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE)
		     : object->sql[0] != '\0' && object->kind != BOBOLINK_OBJECT_COLUMN;

	return is_kind && same(object->name, name) && (!parent || same(object->parent, parent));
}

const struct migration *shadow_item(const struct set *set, uint32_t index)
{
	if (index < set->count)
		return &set->migrations[index];
	return &set->scripts[set->fix_count + index - set->count].base;
}

uint32_t shadow_item_count(const struct set *set)
{
	return set->count + set->repeatable_count;
}

int64_t shadow_last_made(const struct set *set, uint32_t count, int32_t kind, const char *parent,
			 const char *name)
{
	for (uint32_t i = count; i-- > 0;) {
		const struct migration *item = shadow_item(set, i);

		for (uint32_t j = 0; j < item->change_count; j++) {
			const struct change *change = &item->changes[j];

			if (change->after && is_object(change->after, kind, parent, name))
				return i;
		}
	}
	return -1;
}

int64_t shadow_last_removed(const struct set *set, uint32_t count, int32_t kind, const char *parent,
			    const char *name)
{
	for (uint32_t i = count; i-- > 0;) {
		const struct migration *item = shadow_item(set, i);

		for (uint32_t j = 0; j < item->change_count; j++) {
			const struct change *change = &item->changes[j];

			if (change->before && !change->after &&
			    is_object(change->before, kind, parent, name))
				return i;
		}
	}
	return -1;
}
