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
	const char *lock;      /* the table to be locked; NULL: none is, or can be */
	const char *condition; /* of the rows; NULL: all of them */
	uint32_t condition_count;
};

/* Joined by OR; SQLite's limit on the depth of an expression is 1000. */
#define CONDITIONS_MAX 100

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

/* SQLite's writers exclude one another; of foreign tables the rows are elsewhere. */
static const char *lock_of(const struct lint *lint, const struct before_table *table)
{
	if (lint->set->database == DATABASE_SQLITE ||
	    (table->object && strncmp(table->object->definition, "FOREIGN", 7) == 0))
		return NULL;
	return table->from;
}

void loss_table(struct lint *lint, const struct before_table *table)
{
	note(lint,
	     (struct loss){
		     .kind = LOSS_TABLE,
		     .from = table->from,
		     .what = arena_format(lint->arena, "table %s", table->label),
		     .query = arena_format(lint->arena, "SELECT count(*) FROM %s", table->from),
		     .lock = lock_of(lint, table),
	     });
}

void loss_column(struct lint *lint, const struct before_table *table, const char *column)
{
	note(lint, (struct loss){
			   .kind = LOSS_COLUMN,
			   .from = table->from,
			   .what = arena_format(lint->arena, "column %s.%s", table->label, column),
			   .query = arena_format(lint->arena, "SELECT count(%s) FROM %s",
						 before_quote(lint, column), table->from),
			   .lock = lock_of(lint, table),
		   });
}

bool loss_rows(struct lint *lint, const struct before_table *table)
{
	return note(lint, (struct loss){
				  .kind = LOSS_ROWS,
				  .from = table->from,
				  .what = arena_format(lint->arena, "rows of %s", table->label),
				  .query = arena_format(lint->arena, "SELECT count(*) FROM %s",
							table->from),
				  .lock = lock_of(lint, table),
			  });
}

/* Rows of this table to which one more condition can be added, or NULL. */
static struct loss *find_rows(const struct lint *lint, const char *from)
{
	for (size_t i = lint->loss_count; i-- > 0;) {
		struct loss *loss = &lint->losses[i];

		if (loss->kind == LOSS_ROWS && strcmp(loss->from, from) == 0)
			return loss->condition && loss->condition_count < CONDITIONS_MAX ? loss
											 : NULL;
	}
	return NULL;
}

/* Rows that several statements delete are one loss, and each counts once. */
static void note_condition(struct lint *lint, const struct before_table *table,
			   const char *condition)
{
	struct loss *old = find_rows(lint, table->from);
	struct loss loss = {
		.kind = LOSS_ROWS,
		.from = table->from,
		.lock = lock_of(lint, table),
		.condition = condition,
	};

	if (old)
		loss.condition =
			arena_format(lint->arena,
				     old->condition_count == 1 ? "(%s) OR (%s)" : "%s OR (%s)",
				     old->condition, condition);
	loss.condition_count = old ? old->condition_count + 1 : 1;
	loss.what = arena_format(lint->arena, "rows of %s", table->label);
	loss.query = arena_format(lint->arena, "SELECT count(*) FROM %s WHERE %s", table->from,
				  loss.condition);
	if (old)
		*old = loss;
	else
		note(lint, loss);
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
	struct token first = words_token(words, where + 1);
	uint32_t end = words->statement->offset + words->statement->length;

	if (words_is(words, 0, "DELETE") && words_is(words, where, "WHERE") &&
	    can_be_asked(words, where) && means_the_same(lint, index, statement->name))
		note_condition(lint, table,
			       arena_copy(lint->arena, words_text(words, where + 1),
					  end - first.offset));
	else
		loss_rows(lint, table);
}

void loss_schema(struct lint *lint, const char *schema)
{
	note(lint, (struct loss){
			   .kind = LOSS_TABLE,
			   .what = arena_format(lint->arena, "tables of %s", schema),
			   .query = "",
		   });
}

void loss_type(struct lint *lint, const char *type)
{
	note(lint, (struct loss){
			   .kind = LOSS_COLUMN,
			   .what = arena_format(lint->arena, "columns of type %s", type),
			   .query = "",
		   });
}

/* A table that goes takes its columns and rows along, all rows take some of them along. */
static bool is_part_of(const struct loss *loss, const struct loss *other)
{
	if (!loss->from || !other->from || strcmp(loss->from, other->from) != 0)
		return false;
	if (other->kind == LOSS_ROWS)
		return loss->condition && !other->condition;
	return other->kind == LOSS_TABLE && loss->kind != LOSS_TABLE;
}

static bool goes_with_another(const struct lint *lint, const struct loss *loss)
{
	for (size_t i = 0; i < lint->loss_count; i++) {
		if (is_part_of(loss, &lint->losses[i]))
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
		if (goes_with_another(lint, &lint->losses[i]))
			continue;
		add_field(&text, lint->losses[i].what);
		buffer_add_text(&text, "\t");
		add_field(&text, lint->losses[i].query);
		if (lint->losses[i].lock) {
			buffer_add_text(&text, "\t");
			add_field(&text, lint->losses[i].lock);
		}
		buffer_add_text(&text, "\n");
	}
	if (text.length)
		copy = arena_copy(lint->arena, text.text, text.length);
	buffer_release(&text);
	return copy;
}
