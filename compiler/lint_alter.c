/*
 * The commands of one ALTER TABLE of PostgreSQL, read from its words.
 *
 * Receives a statement that the server accepts, so nothing here reports an error: a command that no rule
 * concerns is ALTER_OTHER.
 */
#include "lint_alter.h"

/* How a command begins; the name follows, after IF EXISTS or IF NOT EXISTS. */
struct beginning {
	const char *phrase;
	enum alter_kind kind;
};

static const struct beginning beginnings[] = {
	{ "ADD CONSTRAINT", ALTER_ADD_CONSTRAINT },
	{ "ADD COLUMN", ALTER_ADD_COLUMN },
	{ "DROP CONSTRAINT", ALTER_DROP_CONSTRAINT },
	{ "DROP COLUMN", ALTER_DROP_COLUMN },
	{ "VALIDATE CONSTRAINT", ALTER_VALIDATE },
	{ "DISABLE TRIGGER", ALTER_DISABLE_TRIGGER },
	{ "ENABLE TRIGGER", ALTER_ENABLE_TRIGGER },
	{ "ENABLE REPLICA TRIGGER", ALTER_ENABLE_TRIGGER },
	{ "ENABLE ALWAYS TRIGGER", ALTER_ENABLE_TRIGGER },
	{ "ALTER COLUMN", ALTER_OTHER },
	{ "ADD", ALTER_ADD_COLUMN },
	{ "DROP", ALTER_DROP_COLUMN },
	{ "ALTER", ALTER_OTHER },
};

/* Constraints without a name: ADD CHECK (…). */
static const char *const constraints[] = { "CHECK", "FOREIGN KEY", "PRIMARY KEY", "UNIQUE",
					   "EXCLUDE" };

static uint32_t after(uint32_t index, const char *phrase)
{
	for (index++; *phrase; phrase++)
		index += *phrase == ' ';
	return index;
}

static bool begins_constraint(const struct words *words, uint32_t index)
{
	for (size_t i = 0; i < sizeof(constraints) / sizeof(constraints[0]); i++) {
		if (words_are(words, index, constraints[i]))
			return true;
	}
	return false;
}

/* ALTER [COLUMN] name …: the body is what follows TYPE. */
static enum alter_kind read_column(const struct words *words, struct alter_command *command)
{
	uint32_t index = command->body;

	if (words_are(words, index, "SET NOT NULL"))
		return ALTER_SET_NOT_NULL;
	if (words_are(words, index, "DROP NOT NULL"))
		return ALTER_DROP_NOT_NULL;
	if (words_are(words, index, "SET DATA TYPE"))
		command->body = index + 3;
	else if (words_is(words, index, "TYPE"))
		command->body = index + 1;
	else
		return ALTER_OTHER;
	return ALTER_TYPE;
}

static void read_command(const struct words *words, struct arena *arena,
			 struct alter_command *command)
{
	const struct beginning *found = NULL;
	uint32_t index;

	for (size_t i = 0; !found && i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		if (words_are(words, command->first, beginnings[i].phrase))
			found = &beginnings[i];
	}
	if (!found)
		return;
	command->kind = found->kind;
	index = after(command->first, found->phrase);
	if (words_are(words, index, "IF NOT EXISTS"))
		index += 3;
	else if (words_are(words, index, "IF EXISTS"))
		index += 2;
	command->name_word = index;
	command->body = index;
	if (command->kind == ALTER_ADD_COLUMN && begins_constraint(words, index)) {
		command->kind = ALTER_ADD_CONSTRAINT;
		return;
	}
	command->name = words_name(words, index, arena);
	command->body = index + 1;
	if (found->phrase[0] == 'A' && found->phrase[1] == 'L')
		command->kind = read_column(words, command);
}

bool lint_alter_next(const struct lint_statement *statement, uint32_t *index, struct arena *arena,
		     struct alter_command *command)
{
	const struct words *words = &statement->words;
	uint32_t end = *index;

	if (*index >= words->count)
		return false;
	*command = (struct alter_command){ .kind = ALTER_OTHER, .first = *index };
	while (end < words->count && words_token(words, end).kind != TOKEN_COMMA)
		end = words_token(words, end).kind == TOKEN_LEFT ? words_close(words, end)
								 : end + 1;
	command->end = end;
	read_command(words, arena, command);
	*index = end + 1;
	return true;
}

bool lint_alter_has(const struct lint_statement *statement, const struct alter_command *command,
		    const char *phrase)
{
	const struct words *words = &statement->words;
	uint32_t index = command->first;

	while (index < command->end) {
		if (words_are(words, index, phrase))
			return true;
		index = words_token(words, index).kind == TOKEN_LEFT ? words_close(words, index)
								     : index + 1;
	}
	return false;
}
