/*
 * Locks of ALTER TABLE: the strongest that any of its commands needs.
 *
 * https://www.postgresql.org/docs/current/sql-altertable.html: "an ACCESS EXCLUSIVE lock is acquired unless
 * explicitly noted", and those notes are the tables below.
 */
#include "lint_taken.h"

struct form {
	const char *phrase;
	enum lock_mode mode;
};

static const struct form commands[] = {
	{ "VALIDATE CONSTRAINT", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "ATTACH PARTITION", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "CLUSTER ON", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "SET WITHOUT CLUSTER", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "SET (", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "RESET (", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "ENABLE TRIGGER", LOCK_SHARE_ROW_EXCLUSIVE },
	{ "ENABLE REPLICA TRIGGER", LOCK_SHARE_ROW_EXCLUSIVE },
	{ "ENABLE ALWAYS TRIGGER", LOCK_SHARE_ROW_EXCLUSIVE },
	{ "DISABLE TRIGGER", LOCK_SHARE_ROW_EXCLUSIVE },
};

/* What follows ALTER COLUMN name. */
static const struct form of_columns[] = {
	{ "SET STATISTICS", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "SET (", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "RESET (", LOCK_SHARE_UPDATE_EXCLUSIVE },
};

static enum lock_mode find_mode(const struct form *forms, size_t count, const struct words *words,
				uint32_t word)
{
	for (size_t i = 0; i < count; i++) {
		if (words_are(words, word, forms[i].phrase))
			return forms[i].mode;
	}
	return LOCK_ACCESS_EXCLUSIVE;
}

static bool is_foreign_key(const struct words *words, const struct alter_command *command)
{
	return command->kind == ALTER_ADD_CONSTRAINT &&
	       words_are(words, command->body, "FOREIGN KEY");
}

static enum lock_mode mode_of(const struct lint_statement *statement,
			      const struct alter_command *command)
{
	const struct words *words = &statement->words;

	if (is_foreign_key(words, command))
		return LOCK_SHARE_ROW_EXCLUSIVE;
	if (words_is(words, command->first, "ALTER"))
		return find_mode(of_columns, sizeof(of_columns) / sizeof(of_columns[0]), words,
				 command->body);
	if (words_are(words, command->first, "DETACH PARTITION") &&
	    (lint_alter_has(statement, command, "CONCURRENTLY") ||
	     lint_alter_has(statement, command, "FINALIZE")))
		return LOCK_SHARE_UPDATE_EXCLUSIVE;
	return find_mode(commands, sizeof(commands) / sizeof(commands[0]), words, command->first);
}

/* What a command needs of other tables. */
static void take_others(struct taking *taking, const struct before_table *table,
			const struct alter_command *command)
{
	const struct words *words = &taking->statement->words;
	uint32_t first = command->first;

	if (command->kind == ALTER_ADD_COLUMN || command->kind == ALTER_ADD_CONSTRAINT)
		taken_references(taking, first, command->end, LOCK_SHARE_ROW_EXCLUSIVE);
	else if (words_are(words, first, "ATTACH PARTITION") ||
		 words_are(words, first, "DETACH PARTITION"))
		taken_word(taking, first + 2, LOCK_ACCESS_EXCLUSIVE);
	else if (words_is(words, first, "INHERIT"))
		taken_word(taking, first + 1, LOCK_SHARE_UPDATE_EXCLUSIVE);
	else if (command->kind == ALTER_DROP_CONSTRAINT && command->name)
		taken_parents(taking, table, command->name, NULL, LOCK_ACCESS_EXCLUSIVE);
	else if (command->kind == ALTER_VALIDATE && command->name)
		taken_parents(taking, table, command->name, NULL, LOCK_ROW_SHARE);
	else if ((command->kind == ALTER_DROP_COLUMN || command->kind == ALTER_TYPE) &&
		 command->name)
		taken_parents(taking, table, NULL, command->name, LOCK_ACCESS_EXCLUSIVE);
}

/* Commands about the table alone, which leave its partitions and children as they are. */
static bool stays_on_top(const struct taking *taking, const struct before_table *table,
			 const struct alter_command *command)
{
	const struct words *words = &taking->statement->words;
	static const char *const phrases[] = { "ATTACH PARTITION",
					       "DETACH PARTITION",
					       "SET (",
					       "RESET (",
					       "OWNER TO",
					       "SET SCHEMA",
					       "REPLICA IDENTITY",
					       "ENABLE ROW LEVEL SECURITY",
					       "CLUSTER ON",
					       "SET WITHOUT CLUSTER",
					       "INHERIT",
					       "NO INHERIT",
					       "DISABLE RULE",
					       "ENABLE RULE",
					       "ENABLE ALWAYS RULE",
					       "ENABLE REPLICA RULE" };

	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		if (words_are(words, command->first, phrases[i]))
			return true;
	}
	return command->kind == ALTER_VALIDATE && command->name && table->object &&
	       before_child(taking->lint, table, BOBOLINK_OBJECT_FOREIGN_KEY, command->name);
}

void taken_alter(struct taking *taking)
{
	const struct lint_statement *statement = taking->statement;
	bool only = words_is(&statement->words, statement->name_word - 1, "ONLY");
	enum lock_mode strongest = LOCK_NONE;
	uint32_t word = statement->body;
	struct alter_command command;
	struct before_table table;
	bool spreads = false;

	if (!before_find(taking->lint, taking->index, statement->name_word, &table))
		return;
	while (lint_alter_next(statement, &word, taking->lint->arena, &command)) {
		enum lock_mode mode = mode_of(statement, &command);

		strongest = mode > strongest ? mode : strongest;
		spreads = spreads || !stays_on_top(taking, &table, &command);
		take_others(taking, &table, &command);
	}
	taken_table(taking, &table, strongest);
	if (spreads && !only)
		taken_children(taking, &table, strongest);
}
