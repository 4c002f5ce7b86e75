/*
 * Locks, PostgreSQL: statements that keep others from a table while they work through its rows.
 *
 * The lock of each statement and what it reads: https://www.postgresql.org/docs/current/explicit-locking.html
 * and the notes of ALTER TABLE. A table that the same section made has no rows and no users.
 */
#include "lint_context.h"

#include <string.h>

#include "lint_alter.h"

#define OWN_HELP "write CREATE %sINDEX CONCURRENTLY, in a migration of its own"

static void check_index(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct chain_relation *table;
	const char *help;

	if (!statement->other || words_is(&statement->words, statement->other_word - 1, "ONLY") ||
	    !lint_is_existing(lint, index, statement->other))
		return;
	table = chain_find(&lint->chain, statement->other);
	help = arena_format(lint->arena, OWN_HELP, statement->unique ? "UNIQUE " : "");
	if (table && table->partitioned)
		help = "create it ON ONLY the table, build one on each partition CONCURRENTLY, "
		       "and attach those: ALTER INDEX … ATTACH PARTITION …";
	lint_report(lint, RULE_INDEX_BLOCKS_WRITES, statement, statement->other_word, help,
		    "nobody can write to \"%s\" until the index is built", statement->other);
}

void lint_nameless(struct lint *lint, const struct lint_statement *statement)
{
	if (statement->action == ACTION_CREATE && statement->kind == BOBOLINK_OBJECT_INDEX &&
	    statement->concurrently && !*statement->name)
		lint_report(lint, RULE_INDEX_WITHOUT_NAME, statement, statement->name_word,
			    "give the index a name",
			    "after an interruption nobody could tell whether an index without a "
			    "name was built");
}

/* True when a VALIDATE CONSTRAINT of the section concerns what the section itself added. */
static bool is_added_here(struct lint *lint, uint32_t index, const char *constraint)
{
	for (uint32_t i = 0; i <= index; i++) {
		const struct lint_statement *statement = &lint->statements[i];
		uint32_t word = statement->body;
		struct alter_command command;

		while (statement->action == ACTION_ALTER_TABLE &&
		       lint_alter_next(statement, &word, lint->arena, &command)) {
			if (command.kind == ALTER_ADD_CONSTRAINT && command.name &&
			    strcmp(command.name, constraint) == 0)
				return true;
		}
	}
	return false;
}

static void check_validate(struct lint *lint, uint32_t index, const struct alter_command *command)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (!command->name || lint->section->no_transaction ||
	    !is_added_here(lint, index, command->name))
		return;
	lint_report(lint, RULE_CONSTRAINT_SCANS, statement, command->name_word,
		    "validate it in the next migration",
		    "\"%s\" is locked since the constraint was added, while all its rows are read",
		    statement->name);
}

/* A column that the same section added holds nothing that could be wrong, and the scan is short. */
static void check_constraint(struct lint *lint, uint32_t index, const struct alter_command *command)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct words *words = &statement->words;
	uint32_t body = command->body;
	bool unique = words_is(words, body, "UNIQUE") || words_are(words, body, "PRIMARY KEY");

	if (unique && !lint_alter_has(statement, command, "USING INDEX"))
		lint_report(lint, RULE_UNIQUE_BLOCKS, statement, body,
			    "build a UNIQUE INDEX CONCURRENTLY in a migration of its own, and add "
			    "the constraint USING INDEX in the next one",
			    "nobody can use \"%s\" until the index of the constraint is built",
			    statement->name);
	else if ((words_is(words, body, "CHECK") || words_are(words, body, "FOREIGN KEY")) &&
		 !lint_alter_has(statement, command, "NOT VALID"))
		lint_report(lint, RULE_CONSTRAINT_SCANS, statement, body,
			    "add NOT VALID, and VALIDATE CONSTRAINT in the next migration",
			    "all rows of \"%s\" are checked while nobody can write to it",
			    statement->name);
}

/* True when a later statement of the section switches the triggers on again. */
static bool is_enabled_later(struct lint *lint, uint32_t index, const struct alter_command *off)
{
	for (uint32_t i = index; i < lint->count; i++) {
		const struct lint_statement *statement = &lint->statements[i];
		uint32_t word = statement->body;
		struct alter_command command;

		if (statement->action != ACTION_ALTER_TABLE ||
		    strcmp(statement->name, lint->statements[index].name) != 0)
			continue;
		while (lint_alter_next(statement, &word, lint->arena, &command)) {
			if (command.kind == ALTER_ENABLE_TRIGGER && command.name && off->name &&
			    strcmp(command.name, off->name) == 0)
				return true;
		}
	}
	return false;
}

static void check_command(struct lint *lint, uint32_t index, const struct alter_command *command)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (command->kind == ALTER_ADD_CONSTRAINT)
		check_constraint(lint, index, command);
	else if (command->kind == ALTER_VALIDATE)
		check_validate(lint, index, command);
	else if (command->kind == ALTER_DISABLE_TRIGGER && !is_enabled_later(lint, index, command))
		lint_report(lint, RULE_TRIGGER_DISABLED, statement, command->first,
			    "end the section with ALTER TABLE … ENABLE TRIGGER …",
			    "triggers of \"%s\" are off from here on", statement->name);
}

static void check_alter(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	uint32_t word = statement->body;
	struct alter_command command;

	if (!lint_is_existing(lint, index, statement->name))
		return;
	while (lint_alter_next(statement, &word, lint->arena, &command))
		check_command(lint, index, &command);
}

static bool mentions(const struct words *words, const char *phrase)
{
	for (uint32_t i = 0; i < words->count; i++) {
		if (words_are(words, i, phrase))
			return true;
	}
	return false;
}

static void check_maintenance(struct lint *lint, const struct lint_statement *statement)
{
	const struct words *words = &statement->words;
	const char *help = "write REINDEX … CONCURRENTLY, in a migration of its own";
	const char *what = "REINDEX";

	if (words_is(words, 0, "VACUUM") && words_mention(words, 1, words->count, "FULL")) {
		what = "VACUUM FULL";
		help = "write VACUUM, or leave it to autovacuum";
	} else if (words_is(words, 0, "CLUSTER")) {
		what = "CLUSTER";
		help = "leave it to a maintenance window";
	} else if (!words_is(words, 0, "REINDEX") || mentions(words, "CONCURRENTLY")) {
		return;
	}
	lint_report(lint, RULE_MAINTENANCE_LOCKS, statement, 0, help,
		    "%s keeps others from the table for as long as it takes", what);
}

void lint_locks(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (statement->action == ACTION_CREATE && statement->kind == BOBOLINK_OBJECT_INDEX) {
		if (!statement->concurrently)
			check_index(lint, index);
		else if (statement->conditional)
			lint_report(lint, RULE_CONCURRENTLY_IF_NOT_EXISTS, statement,
				    statement->name_word, "remove IF NOT EXISTS",
				    "IF NOT EXISTS takes an invalid \"%s\" that a failed build "
				    "left for a good one",
				    statement->name);
	} else if (statement->action == ACTION_ALTER_TABLE) {
		check_alter(lint, index);
	} else if (statement->action == ACTION_OTHER) {
		check_maintenance(lint, statement);
	}
}
