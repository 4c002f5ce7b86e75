/*
 * Losses: what a section can destroy that stood there before it.
 *
 * Receives each loss from the rules that find them, in the order of the statements, and writes them down with
 * queries that count what is at stake. A query is asked before the section runs, so that it names
 * tables and columns as they are then.
 */
#include "lint_loss.h"

#include <string.h>

#include "support/buffer.h"
#include "support/text.h"

enum loss_kind {
	LOSS_TABLE,
	LOSS_COLUMN,
	LOSS_ROWS,
};

struct loss {
	enum loss_kind kind;
	const char *from; /* the table; of a schema: NULL */
	const char *what;
	const char *query;
};

static bool note(struct lint *lint, struct loss loss)
{
	struct loss *grown;

	for (size_t i = 0; i < lint->loss_count; i++) {
		if (strcmp(lint->losses[i].what, loss.what) == 0 &&
		    strcmp(lint->losses[i].query, loss.query) == 0)
			return false;
	}
	grown = arena_grow(lint->arena, lint->losses, lint->loss_count, &lint->loss_capacity,
			   sizeof(*grown));
	grown[lint->loss_count++] = loss;
	lint->losses = grown;
	return true;
}

void loss_table(struct lint *lint, const struct before_table *table)
{
	note(lint, (struct loss){
			   LOSS_TABLE,
			   table->from,
			   arena_format(lint->arena, "table %s", table->label),
			   arena_format(lint->arena, "SELECT count(*) FROM %s", table->from),
		   });
}

void loss_column(struct lint *lint, const struct before_table *table, const char *column)
{
	note(lint, (struct loss){
			   LOSS_COLUMN,
			   table->from,
			   arena_format(lint->arena, "column %s.%s", table->label, column),
			   arena_format(lint->arena, "SELECT count(%s) FROM %s",
					before_quote(lint, column), table->from),
		   });
}

static bool note_rows(struct lint *lint, const struct before_table *table, const char *condition)
{
	return note(lint, (struct loss){
				  LOSS_ROWS,
				  table->from,
				  arena_format(lint->arena, "rows of %s", table->label),
				  arena_format(lint->arena, "SELECT count(*) FROM %s%s",
					       table->from, condition),
			  });
}

bool loss_rows(struct lint *lint, const struct before_table *table)
{
	return note_rows(lint, table, "");
}

/* What may stand before a parenthesis of a condition: a plan must not call what could write. */
static bool is_harmless(const struct words *words, uint32_t index)
{
	static const char *const harmless[] = {
		"IN",	"AND",	  "OR",	    "NOT",	"EXISTS", "ANY",   "ALL",
		"SOME", "LIKE",	  "VALUES", "COALESCE", "NULLIF", "LOWER", "UPPER",
		"TRIM", "LENGTH", "ABS",    "ROUND",	"COUNT",  "MIN",   "MAX",
		"SUM",	"SELECT", "WHERE",  "BETWEEN"
	};

	if (words_token(words, index).kind != TOKEN_WORD)
		return words_token(words, index).kind != TOKEN_QUOTED;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		if (words_is(words, index, harmless[i]))
			return true;
	}
	return false;
}

static bool can_be_asked(const struct words *words, uint32_t where)
{
	static const char *const others[] = { "RETURNING", "ORDER", "LIMIT", "CURRENT" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (words_find(words, where, others[i]) < words->count)
			return false;
	}
	for (uint32_t i = where; i < words->count; i++) {
		uint32_t kind = words_token(words, i).kind;

		if (kind == TOKEN_PARAMETER || (kind == TOKEN_LEFT && !is_harmless(words, i - 1)))
			return false;
	}
	return true;
}

static bool changes_rows_only(const struct lint_statement *statement)
{
	switch (statement->action) {
	case ACTION_INSERT:
	case ACTION_UPDATE:
	case ACTION_DELETE:
	case ACTION_SELECT:
		return true;
	case ACTION_CREATE:
	case ACTION_DROP:
		return statement->kind == BOBOLINK_OBJECT_INDEX ||
		       statement->kind == BOBOLINK_OBJECT_TRIGGER;
	default:
		return false;
	}
}

/* True when the words mean before the section what they mean at the statement. */
static bool means_the_same(const struct lint *lint, uint32_t index, const char *table)
{
	const struct words *words = &lint->statements[index].words;
	bool reads_others = words_mention(words, 0, words->count, "SELECT");

	for (uint32_t i = 0; i < index; i++) {
		const struct lint_statement *statement = &lint->statements[i];

		if (changes_rows_only(statement))
			continue;
		if (reads_others || statement->action == ACTION_OTHER ||
		    words_mention(&statement->words, 0, statement->words.count, table))
			return false;
	}
	return true;
}

void loss_deleted(struct lint *lint, uint32_t index, const struct before_table *table)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct words *words = &statement->words;
	uint32_t where = statement->name_word + 1;
	uint32_t start = words_token(words, where).offset;
	const char *condition = "";

	if (words_is(words, 0, "DELETE") && words_is(words, where, "WHERE") &&
	    can_be_asked(words, where) && means_the_same(lint, index, statement->name))
		condition = arena_format(lint->arena, " %.*s",
					 (int)(words->statement->offset + words->statement->length -
					       start),
					 words_text(words, where));
	note_rows(lint, table, condition);
}

void loss_schema(struct lint *lint, const char *schema)
{
	note(lint, (struct loss){ LOSS_TABLE, NULL,
				  arena_format(lint->arena, "tables of %s", schema), "" });
}

/* A table that goes takes its columns and rows along. */
static bool goes_with_its_table(const struct lint *lint, const struct loss *loss)
{
	for (size_t i = 0; loss->kind != LOSS_TABLE && i < lint->loss_count; i++) {
		const struct loss *other = &lint->losses[i];

		if (other->kind == LOSS_TABLE && other->from &&
		    strcmp(other->from, loss->from) == 0)
			return true;
	}
	return false;
}

static void add_field(struct buffer *text, const char *field)
{
	for (; *field; field++) {
		if (*field == '\t')
			buffer_add_text(text, "\\t");
		else if (*field == '\n')
			buffer_add_text(text, "\\n");
		else if (*field == '\\')
			buffer_add_text(text, "\\\\");
		else
			buffer_add(text, field, 1);
	}
}

const char *loss_text(const struct lint *lint)
{
	struct buffer text = BUFFER_INIT;
	const char *copy = NULL;

	for (size_t i = 0; i < lint->loss_count; i++) {
		if (goes_with_its_table(lint, &lint->losses[i]))
			continue;
		add_field(&text, lint->losses[i].what);
		buffer_add_text(&text, "\t");
		add_field(&text, lint->losses[i].query);
		buffer_add_text(&text, "\n");
	}
	if (text.length)
		copy = arena_copy(lint->arena, text.text, text.length);
	buffer_release(&text);
	return copy;
}
