/*
 * Columns, PostgreSQL: definitions and changes that fail on rows that exist, or that go through all of
 * them.
 *
 * The old type of a column and the constraints on it are those that the chain's own statements gave; where
 * they are not known, nothing is said.
 */
#include "lint_loss.h"

/* Functions whose value differs from row to row, so that a default is computed for each of them. */
static const char *const volatile_functions[] = {
	"RANDOM",
	"GEN_RANDOM_UUID",
	"UUID_GENERATE_V1",
	"UUID_GENERATE_V4",
	"UUID_GENERATE_V1MC",
	"CLOCK_TIMESTAMP",
	"TIMEOFDAY",
	"NEXTVAL",
	"GEN_RANDOM_BYTES",
	"RANDOM_NORMAL",
	"UUIDV4",
	"UUIDV7",
};

static const char *const serial_types[] = { "SERIAL",  "BIGSERIAL", "SMALLSERIAL",
					    "SERIAL4", "SERIAL8",   "SERIAL2" };

static bool is_one_of(const struct words *words, uint32_t word, const char *const *names,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (words_is(words, word, names[i]))
			return true;
	}
	return false;
}

#define IS_ONE_OF(words, word, names) \
	is_one_of(words, word, names, sizeof(names) / sizeof((names)[0]))

/* The phrase among the column's constraints, or column->end. */
static uint32_t find_phrase(const struct words *words, const struct lint_column *column,
			    const char *phrase)
{
	uint32_t index = column->constraints;

	while (index < column->end && !words_are(words, index, phrase))
		index = words_token(words, index).kind == TOKEN_LEFT ? words_close(words, index)
								     : index + 1;
	return index < column->end ? index : column->end;
}

static bool has(const struct words *words, const struct lint_column *column, const char *phrase)
{
	return find_phrase(words, column, phrase) < column->end;
}

/* The word that makes every row's value be computed, or column->end. */
static uint32_t find_computed(const struct words *words, const struct lint_column *column)
{
	uint32_t index = find_phrase(words, column, "DEFAULT");

	if (column->type < column->constraints && IS_ONE_OF(words, column->type, serial_types))
		return column->type;
	if (has(words, column, "AS IDENTITY"))
		return find_phrase(words, column, "GENERATED");
	if (has(words, column, "STORED"))
		return find_phrase(words, column, "STORED");
	for (; index < column->end; index++) {
		if (IS_ONE_OF(words, index, volatile_functions) &&
		    words_token(words, index + 1).kind == TOKEN_LEFT)
			return index;
	}
	return column->end;
}

static bool emptied_before(const struct lint *lint, uint32_t index, const char *table)
{
	for (uint32_t i = 0; i < index; i++) {
		const struct lint_statement *other = &lint->statements[i];

		if (!words_names(&other->words, other->name_word, table))
			continue;
		if (other->action == ACTION_TRUNCATE ||
		    (other->action == ACTION_DELETE &&
		     words_find(&other->words, other->body, "WHERE") == other->words.count))
			return true;
	}
	return false;
}

static void check_added(struct lint *lint, const struct lint_statement *statement,
			const struct alter_command *command)
{
	const struct words *words = &statement->words;
	struct lint_column column;
	uint32_t computed;

	lint_column_read(words, command->name_word, &column);
	computed = find_computed(words, &column);
	if (computed < column.end)
		lint_report(lint, RULE_ADD_COLUMN_REWRITES, statement, computed,
			    "add the column without it, SET DEFAULT for new rows, and fill the old "
			    "ones in batches",
			    "\"%s\" is written anew while nobody can use it: every row gets a "
			    "value of its own",
			    statement->name);
	else if ((has(words, &column, "NOT NULL") || has(words, &column, "PRIMARY KEY")) &&
		 (!has(words, &column, "DEFAULT") || has(words, &column, "DEFAULT NULL")) &&
		 !has(words, &column, "GENERATED"))
		lint_report(lint, RULE_NOT_NULL_WITHOUT_DEFAULT, statement, command->name_word,
			    "add DEFAULT, or add the column without NOT NULL and fill it first",
			    "PostgreSQL refuses the NOT NULL column \"%s\" without a default as "
			    "soon as \"%s\" has rows",
			    command->name, statement->name);
}

void lint_added_columns(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	uint32_t word = statement->body;
	struct alter_command command;

	if (statement->action != ACTION_ALTER_TABLE ||
	    !lint_is_existing(lint, index, statement->name) ||
	    emptied_before(lint, index, statement->name))
		return;
	while (lint_alter_next(statement, &word, lint->arena, &command)) {
		if (command.kind == ALTER_ADD_COLUMN && command.name)
			check_added(lint, statement, &command);
	}
}

/* True when the section before `index`, or the up of a down, added the column. */
static bool is_new_column(const struct lint_statement *statements, uint32_t count,
			  struct arena *arena, const char *table, const char *name)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct lint_statement *statement = &statements[i];
		uint32_t word = statement->body;
		struct alter_command command;

		if (statement->action != ACTION_ALTER_TABLE ||
		    !words_names(&statement->words, statement->name_word, table))
			continue;
		while (lint_alter_next(statement, &word, arena, &command)) {
			if (command.kind == ALTER_ADD_COLUMN && command.name &&
			    words_names(&statement->words, command.name_word, name))
				return true;
		}
	}
	return false;
}

bool lint_is_existing_column(const struct lint *lint, uint32_t index, const char *table,
			     const char *column)
{
	return lint_is_existing(lint, index, table) &&
	       !is_new_column(lint->statements, index, lint->arena, table, column) &&
	       !is_new_column(lint->up, lint->up_count, lint->arena, table, column);
}

static void read_type(const struct words *words, const struct alter_command *command,
		      struct column_type *type)
{
	uint32_t end = command->body;

	while (end < command->end && !words_is(words, end, "USING") &&
	       !words_is(words, end, "COLLATE"))
		end++;
	lint_type_read(words, command->body, end, type);
}

static void check_rewrite(struct lint *lint, const struct lint_statement *statement,
			  const struct alter_command *command, const struct column_type *before,
			  const struct column_type *after)
{
	enum type_change change = lint_type_change(before, after);

	if (change == TYPE_CHANGE_TIME_ZONE)
		lint_report(lint, RULE_TYPE_CHANGE_REWRITES, statement, command->body,
			    "run it with SET LOCAL timezone = 'UTC' when the values are in UTC, or "
			    "add a new column and fill it in batches",
			    "\"%s\" is written anew while nobody can use it, unless the session's "
			    "time zone is UTC",
			    statement->name);
	else if (change == TYPE_CHANGE_REWRITES)
		lint_report(lint, RULE_TYPE_CHANGE_REWRITES, statement, command->body,
			    "add a column of the new type, fill it in batches, and drop the old "
			    "one later",
			    "\"%s\" is written anew while nobody can use it", statement->name);
}

/* What was there before the section is lost, even if the migration made it. */
static void note_digits(struct lint *lint, uint32_t index, const struct alter_command *command)
{
	struct before_table table;
	const char *column;

	if (!before_find(lint, index, lint->statements[index].name_word, &table))
		return;
	column = before_column(lint, index, &table, command->name_word);
	if (column)
		loss_column(lint, &table, column);
}

static bool mentions_any(const struct words *words, uint32_t from, uint32_t to,
			 const char *const *phrases, size_t count)
{
	for (; from < to; from++) {
		if (is_one_of(words, from, phrases, count))
			return true;
	}
	return false;
}

/*
 * USING with a value that has nothing to do with the old one, or with a cast that cuts it off: what an assignment would
 * refuse, a cast does in silence (manual, "Value Storage").
 */
static bool is_cut_off(const struct words *words, const struct alter_command *command,
		       const struct column_type *before, const struct column_type *after)
{
	static const char *const cutters[] = { "::", "CAST", "LEFT", "SUBSTR", "SUBSTRING" };
	uint32_t using = command->body;

	while (using < command->end && !words_is(words, using, "USING"))
		using ++;
	if (using == command->end)
		return false;
	if (!words_mention(words, using, command->end, command->name))
		return true;
	return lint_type_is_shorter(before, after) &&
	       mentions_any(words, using, command->end, cutters,
			    sizeof(cutters) / sizeof(cutters[0]));
}

static void check_type(struct lint *lint, uint32_t index, const struct alter_command *command)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct chain_column *column = chain_column_of(&lint->chain, statement, command->name);
	struct column_type type;
	bool cut_off;

	read_type(&statement->words, command, &type);
	cut_off = is_cut_off(&statement->words, command, column ? &column->type : NULL, &type);
	if (cut_off || (column && lint_type_loses(&column->type, &type)))
		note_digits(lint, index, command);
	if (cut_off && lint_is_existing_column(lint, index, statement->name, command->name))
		lint_report(lint, RULE_DATA_LOSS, statement, command->name_word, LINT_ALLOW_HELP,
			    "USING destroys values of \"%s\"", command->name);
	if (!column)
		return;
	if (!lint_is_existing_column(lint, index, statement->name, command->name))
		return;
	if (lint->section == &lint->migration->up)
		check_rewrite(lint, statement, command, &column->type, &type);
	if (lint_type_loses(&column->type, &type))
		lint_report(lint, RULE_DATA_LOSS, statement, command->body, LINT_ALLOW_HELP,
			    "the values of \"%s\" lose digits: the old type kept more",
			    command->name);
}

static void check_not_null(struct lint *lint, const struct lint_statement *statement,
			   const struct alter_command *command)
{
	const struct chain_column *column = chain_column_of(&lint->chain, statement, command->name);

	if (column && (column->not_null || (column->check && column->is_checked)))
		return;
	lint_report(lint, RULE_NOT_NULL_SCANS, statement, command->name_word,
		    arena_format(lint->arena,
				 "first ADD CONSTRAINT name CHECK (%s IS NOT NULL) NOT VALID, and "
				 "VALIDATE it in the next migration",
				 command->name),
		    "all rows of \"%s\" are read while nobody can use it", statement->name);
}

void lint_changed_columns(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	uint32_t word = statement->body;
	struct alter_command command;

	while (statement->action == ACTION_ALTER_TABLE &&
	       lint_alter_next(statement, &word, lint->arena, &command)) {
		if (command.kind == ALTER_TYPE && command.name)
			check_type(lint, index, &command);
		else if (command.kind == ALTER_SET_NOT_NULL && command.name &&
			 lint->section == &lint->migration->up &&
			 lint_is_existing(lint, index, statement->name))
			check_not_null(lint, statement, &command);
	}
}
