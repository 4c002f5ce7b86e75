/*
 * Existence: IF EXISTS and IF NOT EXISTS that hide something, and statements that do nothing or
 * leave something behind.
 */
#include "lint_context.h"

#include <string.h>

#include "statement.h"

/* Where the section stands with a name after its statements before `index`. */
enum presence {
	PRESENCE_UNTOUCHED,
	PRESENCE_MADE,
	PRESENCE_GONE,
};

static bool is_kind_of(const struct lint_statement *statement, int32_t kind)
{
	if (statement->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE)
		return kind == BOBOLINK_OBJECT_TABLE || kind == BOBOLINK_OBJECT_VIRTUAL_TABLE;
	return statement->kind == kind;
}

static enum presence presence_after(const struct lint_statement *statement, int32_t kind,
				    const char *name, enum presence before)
{
	const struct words *words = &statement->words;
	bool named = words_names(words, statement->name_word, name);

	if (named && statement->action == ACTION_CREATE && is_kind_of(statement, kind))
		return PRESENCE_MADE;
	if (named && statement->action == ACTION_DROP && is_kind_of(statement, kind))
		return PRESENCE_GONE;
	if (statement->action != ACTION_RENAME_TABLE || kind != BOBOLINK_OBJECT_TABLE)
		return before;
	if (words_names(words, statement->other_word, name))
		return PRESENCE_MADE;
	return named ? PRESENCE_GONE : before;
}

/* True when dropping its table took the index or trigger along. */
static bool went_with_table(const struct lint *lint, uint32_t index,
			    const struct bobolink_object *object)
{
	for (uint32_t i = 0; i < index; i++) {
		const struct lint_statement *statement = &lint->statements[i];

		if (statement->action == ACTION_DROP && statement->kind == BOBOLINK_OBJECT_TABLE &&
		    words_names(&statement->words, statement->name_word, object->parent))
			return true;
	}
	return false;
}

static bool exists(const struct lint *lint, uint32_t index, int32_t kind, const char *name)
{
	const struct bobolink_object *object = catalog_find(&lint->catalog, kind, name);
	enum presence presence = PRESENCE_UNTOUCHED;

	if (kind == BOBOLINK_OBJECT_VIRTUAL_TABLE)
		kind = BOBOLINK_OBJECT_TABLE;
	for (uint32_t i = 0; i < index; i++)
		presence = presence_after(&lint->statements[i], kind, name, presence);
	if (presence != PRESENCE_UNTOUCHED)
		return presence == PRESENCE_MADE;
	return object && !went_with_table(lint, index, object);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* True when the text ends with what follows the statement's name, white space and case aside. */
static bool ends_alike(const struct lint_statement *statement, const char *text)
{
	const struct statement *span = statement->words.statement;
	const char *begin = words_text(&statement->words, statement->body);
	const char *end = statement->words.section->source->text + span->offset + span->length;
	const char *other = text + strlen(text);

	for (;;) {
		while (end > begin && is_space(end[-1]))
			end--;
		while (other > text && is_space(other[-1]))
			other--;
		if (end == begin)
			return true;
		if (other == text || lower(*--end) != lower(*--other))
			return false;
	}
}

/* The last statement before `index` that creates the same object, as text; NULL for none. */
static const char *made_as(const struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	while (index-- > 0) {
		const struct lint_statement *other = &lint->statements[index];
		const struct statement *span = other->words.statement;

		if (other->action == ACTION_CREATE && other->kind == statement->kind &&
		    words_names(&other->words, other->name_word, statement->name))
			return arena_copy(lint->arena, lint->section->source->text + span->offset,
					  span->length);
	}
	return NULL;
}

/* What exists is what the statement would have made: nothing is hidden. */
static bool is_repeated(const struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const char *text = made_as(lint, index);
	const struct bobolink_object *object;

	if (text)
		return ends_alike(statement, text);
	object = catalog_find(&lint->catalog, statement->kind, statement->name);
	return object && ends_alike(statement, object->sql);
}

static void check_conditional_create(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (!exists(lint, index, statement->kind, statement->name) || is_repeated(lint, index))
		return;
	lint_report(lint, RULE_IF_NOT_EXISTS, statement, statement->name_word,
		    "drop or alter what is there, then create it without IF NOT EXISTS",
		    "another \"%s\" exists already: IF NOT EXISTS makes this do nothing",
		    statement->name);
}

/* PostgreSQL: a table that an earlier statement of the chain made, with another text. */
static void check_made_before(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct chain_relation *made = chain_find(&lint->chain, statement->name);

	if (statement->kind != BOBOLINK_OBJECT_TABLE || !made || made->kind != statement->kind ||
	    ends_alike(statement, made->sql))
		return;
	lint_report(lint, RULE_IF_NOT_EXISTS, statement, statement->name_word,
		    "drop or alter what is there, then create it without IF NOT EXISTS",
		    "another \"%s\" exists already: IF NOT EXISTS makes this do nothing",
		    statement->name);
}

static bool is_created_later(const struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	while (++index < lint->count) {
		const struct lint_statement *other = &lint->statements[index];

		if (other->action == ACTION_CREATE && is_kind_of(other, statement->kind) &&
		    words_names(&other->words, other->name_word, statement->name))
			return true;
	}
	return false;
}

/* A migration clears it away before it changes what that reads; the repeatable makes it again. */
static bool is_of_a_repeatable(const struct lint *lint, const char *name)
{
	const struct set *set = lint->set;

	for (uint32_t i = 0; i < set->repeatable_count; i++) {
		const struct section *up = &set->scripts[set->fix_count + i].base.up;

		for (uint32_t n = 0; up->present && n < up->tokens->count; n++) {
			if (statement_names(up->source, up->tokens->items[n], name))
				return true;
		}
	}
	return false;
}

static void check_conditional_drop(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (exists(lint, index, statement->kind, statement->name) ||
	    is_created_later(lint, index) || is_of_a_repeatable(lint, statement->name))
		return;
	lint_report(lint, RULE_DROP_MISSING, statement, statement->name_word,
		    "remove the statement, or correct the name",
		    "there is no %s \"%s\" here: IF EXISTS makes this do nothing",
		    bobolink_object_kind_name(statement->kind), statement->name);
}

static bool deletes_before(const struct lint *lint, uint32_t index, const char *table)
{
	while (index-- > 0) {
		const struct lint_statement *other = &lint->statements[index];

		if (other->action == ACTION_DELETE &&
		    words_names(&other->words, other->name_word, table))
			return true;
	}
	return false;
}

/* A unique index on a table that may have rows already. */
static void check_unique(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (!statement->unique || !statement->other || lint->section != &lint->migration->up ||
	    !lint_origin(lint, index, statement->other) ||
	    deletes_before(lint, index, statement->other))
		return;
	lint_report(lint, RULE_UNIQUE_ON_EXISTING, statement, statement->name_word,
		    "remove duplicates in the same migration, before this statement",
		    "this fails on a database where \"%s\" holds duplicates", statement->other);
}

static bool calls_functions(const struct words *words)
{
	for (uint32_t i = 0; i + 1 < words->count; i++) {
		if (words_is_name(words, i) && words_token(words, i + 1).kind == TOKEN_LEFT)
			return true;
	}
	return false;
}

/*
 * A SELECT that reads tables; one without FROM may call a function for its effect, on PostgreSQL any may.
 */
static void check_select(struct lint *lint, const struct lint_statement *statement)
{
	const struct words *words = &statement->words;

	if (lint->set->database != DATABASE_SQLITE && calls_functions(words))
		return;
	if (words_find(words, 0, "FROM") == words->count && !words_is(words, 0, "VALUES"))
		return;
	lint_report(lint, RULE_SELECT_WITHOUT_EFFECT, statement, 0, "remove the statement",
		    "a SELECT in a migration changes nothing, and its rows are thrown away");
}

static bool goes_with_transaction(const struct words *words)
{
	for (uint32_t i = 0; i < words->count; i++) {
		if (words_are(words, i, "ON COMMIT DROP"))
			return true;
	}
	return false;
}

static void check_temporary(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (goes_with_transaction(&statement->words))
		return;
	for (uint32_t i = index + 1; i < lint->count; i++) {
		if (lint->statements[i].action == ACTION_DROP &&
		    words_names(&lint->statements[i].words, lint->statements[i].name_word,
				statement->name))
			return;
	}
	lint_report(lint, RULE_TEMPORARY_LEFT, statement, statement->name_word,
		    "drop it at the end of the section",
		    "the temporary \"%s\" stays on the application's connection", statement->name);
}

void lint_existence(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	bool conditional = statement->conditional && lint->known && !statement->temporary &&
			   lint->section == &lint->migration->up;

	if (statement->action == ACTION_CREATE && statement->temporary)
		check_temporary(lint, index);
	if (statement->action == ACTION_CREATE && statement->conditional &&
	    lint->set->database != DATABASE_SQLITE && lint->section == &lint->migration->up)
		check_made_before(lint, index);
	if (statement->action == ACTION_CREATE && conditional)
		check_conditional_create(lint, index);
	else if (statement->action == ACTION_DROP && conditional)
		check_conditional_drop(lint, index);
	if (statement->action == ACTION_CREATE && statement->kind == BOBOLINK_OBJECT_INDEX)
		check_unique(lint, index);
	if (statement->action == ACTION_SELECT)
		check_select(lint, statement);
}
