/*
 * Losses, PostgreSQL: statements that destroy rows or columns which existed before the migration.
 *
 * What existed is known from the statements of the chain alone. What IF EXISTS asks for and no statement
 * made is taken for not there: scripts begin so that make everything anew.
 */
#include "lint_condition.h"
#include "lint_loss.h"

static bool may_exist(const struct lint *lint, uint32_t index, const char *table)
{
	if (!lint_is_existing(lint, index, table))
		return false;
	return !lint->statements[index].conditional || chain_find(&lint->chain, table) != NULL;
}

static void report_rows(struct lint *lint, uint32_t index, uint32_t word, const char *what,
			const char *table)
{
	if (may_exist(lint, index, table))
		lint_report(lint, RULE_DATA_LOSS, &lint->statements[index], word, LINT_ALLOW_HELP,
			    "%s destroys the rows of \"%s\"", what, table);
}

/* A copy saves the rows; whether all columns are in it is known where the deltas are. */
static void check_drop(struct lint *lint, uint32_t index, uint32_t word, const char *what)
{
	struct before_table table;
	const char *left_out;

	if (!before_find(lint, index, word, &table))
		return;
	left_out = lint_drop_table(lint, index, &table);
	if (!lint_is_copied(lint, index, table.now))
		report_rows(lint, index, word, what, table.now);
	else if (left_out && may_exist(lint, index, table.now))
		lint_report(lint, RULE_DATA_LOSS, &lint->statements[index], word, LINT_ALLOW_HELP,
			    "%s", left_out);
}

/* TRUNCATE … CASCADE empties the tables that reference this one, too. */
static void note_references(struct lint *lint, const struct before_table *table)
{
	const struct catalog_entry *entry = catalog_references(lint->before, table->name);

	for (; entry; entry = entry->next) {
		const struct bobolink_object *key = entry->object;
		const struct bobolink_object *object =
			catalog_find_in(lint->before, BOBOLINK_OBJECT_TABLE, key->schema,
					key->parent);
		struct before_table child;

		if (!object)
			continue;
		before_of(lint, object, &child);
		if (loss_rows(lint, &child))
			note_references(lint, &child);
	}
}

static void check_truncate(struct lint *lint, uint32_t index, uint32_t word, const char *what)
{
	const struct words *words = &lint->statements[index].words;
	struct before_table table;

	if (!before_find(lint, index, word, &table) || lint_is_copied(lint, index, table.now))
		return;
	if (loss_rows(lint, &table) && words_is(words, words->count - 1, "CASCADE"))
		note_references(lint, &table);
	report_rows(lint, index, word, what, table.now);
}

static void check_delete(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	struct before_table table;

	if (!before_find(lint, index, statement->name_word, &table) ||
	    lint_is_copied(lint, index, table.now))
		return;
	loss_deleted(lint, index, &table);
	if (!lint_has_condition(&statement->words, statement->body))
		report_rows(lint, index, statement->name_word, "DELETE without WHERE", table.now);
}

typedef void check_fn(struct lint *lint, uint32_t index, uint32_t word, const char *what);

/* Each name of a list: DROP TABLE a, s.b CASCADE; TRUNCATE ONLY a, b *. */
static void check_list(struct lint *lint, uint32_t index, const char *what, check_fn *check)
{
	const struct words *words = &lint->statements[index].words;
	uint32_t word = lint->statements[index].name_word;

	for (;;) {
		check(lint, index, word++, what);
		word += words_is(words, word, "*");
		if (words_token(words, word++).kind != TOKEN_COMMA)
			return;
		word += words_is(words, word, "ONLY");
		if (words_token(words, word + 1).kind == TOKEN_DOT)
			word += 2;
	}
}

static void check_column(struct lint *lint, uint32_t index, const struct before_table *table,
			 const struct alter_command *command)
{
	const struct lint_statement *statement = &lint->statements[index];
	const char *column = before_column(lint, index, table, command->name_word);

	if (!column || lint_is_moved(lint, index, statement->name, command->name))
		return;
	loss_column(lint, table, column);
	if (lint_is_existing_column(lint, index, statement->name, command->name))
		lint_report(lint, RULE_DATA_LOSS, statement, command->name_word, LINT_ALLOW_HELP,
			    "this destroys the values of \"%s\" in \"%s\"", command->name,
			    statement->name);
}

static void check_columns(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	uint32_t word = statement->body;
	struct alter_command command;
	struct before_table table;

	if (!before_find(lint, index, statement->name_word, &table))
		return;
	while (lint_alter_next(statement, &word, lint->arena, &command)) {
		if (command.kind == ALTER_DROP_COLUMN && command.name)
			check_column(lint, index, &table, &command);
	}
}

/* `what`: CREATE SCHEMA, CREATE TYPE */
static bool makes(const struct lint_statement *statements, uint32_t count, const char *what,
		  const char *name)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct words *words = &statements[i].words;

		if (words_are(words, 0, what) && words_mention(words, 2, words->count, name))
			return true;
	}
	return false;
}

/* Without CASCADE a schema must be empty; where deltas are known they name its tables. */
static void check_schema(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct words *words = &statement->words;
	uint32_t word = words_are(words, 2, "IF EXISTS") ? 4 : 2;
	const char *schema = words_name(words, word, lint->arena);

	if (!words_are(words, 0, "DROP SCHEMA") || !schema ||
	    !words_is(words, words->count - 1, "CASCADE") ||
	    makes(lint->statements, index, "CREATE SCHEMA", schema))
		return;
	if (!lint->deltas_known)
		loss_schema(lint, schema);
	if (!makes(lint->up, lint->up_count, "CREATE SCHEMA", schema))
		lint_report(lint, RULE_DATA_LOSS, statement, word, LINT_ALLOW_HELP,
			    "this destroys all tables of \"%s\"", schema);
}

/* CASCADE takes the columns of a type along; where deltas are known they name them. */
static void check_type(struct lint *lint, uint32_t index, const char *drop, const char *create)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct words *words = &statement->words;
	uint32_t word = words_are(words, 2, "IF EXISTS") ? 4 : 2;
	const char *name;

	if (lint->deltas_known || !words_are(words, 0, drop) ||
	    !words_is(words, words->count - 1, "CASCADE"))
		return;
	word += words_token(words, word + 1).kind == TOKEN_DOT ? 2 : 0;
	name = words_name(words, word, lint->arena);
	if (!name || makes(lint->statements, index, create, name))
		return;
	loss_type(lint, name);
	if (!makes(lint->up, lint->up_count, create, name))
		lint_report(lint, RULE_DATA_LOSS, statement, word, LINT_ALLOW_HELP,
			    "this destroys all columns whose type is \"%s\"", name);
}

static void check_others(struct lint *lint, uint32_t index)
{
	check_schema(lint, index);
	check_type(lint, index, "DROP TYPE", "CREATE TYPE");
	check_type(lint, index, "DROP DOMAIN", "CREATE DOMAIN");
	check_type(lint, index, "DROP EXTENSION", "CREATE EXTENSION");
}

static void check_update(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const char *column = lint_first_overwritten(lint, index);
	uint32_t nulled = lint_nulled(lint, index);

	lint_note_overwritten(lint, index);
	if (nulled && lint_is_existing_column(lint, index, statement->name,
					      words_name(&statement->words, nulled, lint->arena)))
		lint_report_nulled(lint, statement, nulled);
	else if (column && lint_is_existing_column(lint, index, statement->name, column))
		lint_report_overwritten(lint, statement, column);
}

void lint_losses(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct words *words = &statement->words;

	if (statement->action == ACTION_DROP && statement->kind == BOBOLINK_OBJECT_TABLE &&
	    !words_is(words, 1, "FOREIGN"))
		check_list(lint, index, "DROP TABLE", check_drop);
	else if (statement->action == ACTION_TRUNCATE)
		check_list(lint, index, "TRUNCATE", check_truncate);
	else if (statement->action == ACTION_DELETE)
		check_delete(lint, index);
	else if (statement->action == ACTION_ALTER_TABLE)
		check_columns(lint, index);
	else if (statement->action == ACTION_UPDATE)
		check_update(lint, index);
	else if (statement->action == ACTION_OTHER)
		check_others(lint, index);
}
