/*
 * What a statement does to the schema or to data, read from its words.
 *
 * Receives a statement that the database accepts, so nothing here reports an error: what is not
 * recognised is ACTION_OTHER, and no rule concerns it.
 */
#include "lint_statement.h"

static bool skip(const struct words *words, uint32_t *index, const char *phrase)
{
	if (!words_are(words, *index, phrase))
		return false;
	for (*index += 1; *phrase; phrase++)
		*index += *phrase == ' ';
	return true;
}

/* [schema .] name */
static const char *read_name(struct lint_statement *out, uint32_t *index, uint32_t *word,
			     struct arena *arena)
{
	const char *name;

	if (words_token(&out->words, *index + 1).kind == TOKEN_DOT) {
		out->temporary = out->temporary || words_names(&out->words, *index, "temp");
		*index += 2;
	}
	*word = *index;
	name = words_name(&out->words, (*index)++, arena);
	return name ? name : "";
}

static void read_target(struct lint_statement *out, uint32_t index, struct arena *arena)
{
	out->name = read_name(out, &index, &out->name_word, arena);
	out->body = index;
}

static void read_other(struct lint_statement *out, uint32_t index, struct arena *arena)
{
	out->other = read_name(out, &index, &out->other_word, arena);
	out->body = index;
}

static int32_t read_kind(const struct words *words, uint32_t *index)
{
	if (skip(words, index, "VIRTUAL TABLE"))
		return BOBOLINK_OBJECT_VIRTUAL_TABLE;
	if (skip(words, index, "TABLE"))
		return BOBOLINK_OBJECT_TABLE;
	if (skip(words, index, "INDEX"))
		return BOBOLINK_OBJECT_INDEX;
	if (skip(words, index, "TRIGGER"))
		return BOBOLINK_OBJECT_TRIGGER;
	if (skip(words, index, "VIEW"))
		return BOBOLINK_OBJECT_VIEW;
	return 0;
}

/* What PostgreSQL allows between CREATE and the kind of object, without a meaning for any rule. */
static void skip_manner(const struct words *words, uint32_t *index)
{
	static const char *const manners[] = { "OR REPLACE",   "GLOBAL",    "LOCAL",
					       "UNLOGGED",     "FOREIGN",   "RECURSIVE",
					       "MATERIALIZED", "CONSTRAINT" };

	for (size_t i = 0; i < sizeof(manners) / sizeof(manners[0]); i++)
		skip(words, index, manners[i]);
}

static void read_create(struct lint_statement *out, bool postgres, struct arena *arena)
{
	uint32_t index = 1;

	if (postgres)
		skip_manner(&out->words, &index);
	out->temporary =
		skip(&out->words, &index, "TEMP") || skip(&out->words, &index, "TEMPORARY");
	out->unique = skip(&out->words, &index, "UNIQUE");
	out->kind = read_kind(&out->words, &index);
	if (!out->kind)
		return;
	out->action = ACTION_CREATE;
	out->concurrently = postgres && skip(&out->words, &index, "CONCURRENTLY");
	out->conditional = skip(&out->words, &index, "IF NOT EXISTS");
	if (postgres && words_is(&out->words, index, "ON"))
		out->body = out->name_word = index; /* an index that the server names */
	else
		read_target(out, index, arena);
	if (out->kind != BOBOLINK_OBJECT_INDEX && out->kind != BOBOLINK_OBJECT_TRIGGER)
		return;
	index = words_find(&out->words, out->body, "ON");
	if (index == out->words.count)
		return;
	index++;
	if (postgres)
		skip(&out->words, &index, "ONLY");
	read_other(out, index, arena);
}

static void read_drop(struct lint_statement *out, bool postgres, struct arena *arena)
{
	uint32_t index = 1;

	if (postgres)
		skip_manner(&out->words, &index);
	out->kind = read_kind(&out->words, &index);
	if (!out->kind)
		return;
	out->action = ACTION_DROP;
	out->concurrently = postgres && skip(&out->words, &index, "CONCURRENTLY");
	out->conditional = skip(&out->words, &index, "IF EXISTS");
	read_target(out, index, arena);
}

static void read_rename(struct lint_statement *out, uint32_t index, struct arena *arena)
{
	if (skip(&out->words, &index, "TO")) {
		out->action = ACTION_RENAME_TABLE;
	} else {
		skip(&out->words, &index, "COLUMN");
		out->action = ACTION_RENAME_COLUMN;
		index += 2; /* old name, TO */
	}
	read_other(out, index, arena);
}

static void read_alter(struct lint_statement *out, struct arena *arena)
{
	uint32_t index;

	read_target(out, 2, arena);
	index = out->body;
	if (skip(&out->words, &index, "RENAME")) {
		read_rename(out, index, arena);
	} else if (skip(&out->words, &index, "ADD")) {
		out->action = ACTION_ADD_COLUMN;
		skip(&out->words, &index, "COLUMN");
		read_other(out, index, arena);
	} else if (skip(&out->words, &index, "DROP")) {
		out->action = ACTION_DROP_COLUMN;
		skip(&out->words, &index, "COLUMN");
		read_other(out, index, arena);
	}
}

static void read_alter_postgres(struct lint_statement *out, struct arena *arena)
{
	uint32_t index = 2;

	out->action = ACTION_ALTER_TABLE;
	out->conditional = skip(&out->words, &index, "IF EXISTS");
	skip(&out->words, &index, "ONLY");
	read_target(out, index, arena);
	skip(&out->words, &out->body, "*");
	index = out->body;
	if (skip(&out->words, &index, "RENAME") && !words_is(&out->words, index, "CONSTRAINT"))
		read_rename(out, index, arena);
}

static void read_truncate(struct lint_statement *out, struct arena *arena)
{
	uint32_t index = 1;

	out->action = ACTION_TRUNCATE;
	skip(&out->words, &index, "TABLE");
	skip(&out->words, &index, "ONLY");
	read_target(out, index, arena);
}

/*
 * INSERT OR x INTO, UPDATE OR x: a conflict clause and `noise` (NULL for none) may precede the
 * table.
 */
static void read_write(struct lint_statement *out, enum action action, uint32_t index,
		       const char *noise, struct arena *arena)
{
	out->action = action;
	if (skip(&out->words, &index, "OR"))
		index++;
	if (noise)
		skip(&out->words, &index, noise);
	read_target(out, index, arena);
}

/*
 * The first word of INSERT, UPDATE, DELETE or SELECT; common table expressions may stand before
 * it.
 */
static uint32_t main_verb(const struct words *words)
{
	uint32_t index = 0;

	if (!words_is(words, 0, "WITH"))
		return 0;
	while (index < words->count && !words_is(words, index, "SELECT") &&
	       !words_is(words, index, "INSERT") && !words_is(words, index, "REPLACE") &&
	       !words_is(words, index, "UPDATE") && !words_is(words, index, "DELETE"))
		index = words_token(words, index).kind == TOKEN_LEFT ? words_close(words, index)
								     : index + 1;
	return index;
}

static void read_data(struct lint_statement *out, bool postgres, struct arena *arena)
{
	uint32_t verb = main_verb(&out->words);
	const char *noise = postgres ? "ONLY" : NULL;

	if (words_is(&out->words, verb, "INSERT") || words_is(&out->words, verb, "REPLACE"))
		read_write(out, ACTION_INSERT, verb + 1, "INTO", arena);
	else if (words_is(&out->words, verb, "UPDATE"))
		read_write(out, ACTION_UPDATE, verb + 1, noise, arena);
	else if (words_are(&out->words, verb, "DELETE FROM"))
		read_write(out, ACTION_DELETE, verb + 2, noise, arena);
	else if (words_is(&out->words, verb, "SELECT") || words_is(&out->words, 0, "VALUES"))
		out->action = ACTION_SELECT;
}

void lint_statement_read(const struct section *section, const struct statement *statement,
			 enum database database, struct arena *arena, struct lint_statement *out)
{
	bool postgres = database == DATABASE_POSTGRES;

	*out = (struct lint_statement){ .action = ACTION_OTHER, .name = "" };
	words_read(section, statement, arena, &out->words);
	if (words_is(&out->words, 0, "CREATE"))
		read_create(out, postgres, arena);
	else if (words_is(&out->words, 0, "DROP"))
		read_drop(out, postgres, arena);
	else if (words_are(&out->words, 0, "ALTER TABLE") && postgres)
		read_alter_postgres(out, arena);
	else if (words_are(&out->words, 0, "ALTER TABLE"))
		read_alter(out, arena);
	else if (words_is(&out->words, 0, "TRUNCATE") && postgres)
		read_truncate(out, arena);
	else
		read_data(out, postgres, arena);
}

bool lint_statement_copies(const struct lint_statement *statement)
{
	const struct words *words = &statement->words;

	if (statement->action == ACTION_CREATE && statement->kind == BOBOLINK_OBJECT_TABLE)
		return words_is(words, statement->body, "AS");
	return statement->action == ACTION_INSERT &&
	       words_mention(words, statement->body, words->count, "SELECT");
}

static bool begins_constraint(const struct words *words, uint32_t index)
{
	static const char *const keywords[] = { "CONSTRAINT", "PRIMARY",   "NOT",     "NULL",
						"UNIQUE",     "CHECK",	   "DEFAULT", "COLLATE",
						"REFERENCES", "GENERATED", "AS",      "ON",
						"FOREIGN",    "DEFERRABLE" };

	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		if (words_is(words, index, keywords[i]))
			return true;
	}
	return false;
}

void lint_column_read(const struct words *words, uint32_t index, struct lint_column *column)
{
	uint32_t kind;

	*column = (struct lint_column){ index, index + 1, 0, 0 };
	for (index++; index < words->count;) {
		kind = words_token(words, index).kind;
		if (kind == TOKEN_COMMA || kind == TOKEN_RIGHT)
			break;
		if (!column->constraints && begins_constraint(words, index))
			column->constraints = index;
		index = kind == TOKEN_LEFT ? words_close(words, index) : index + 1;
	}
	column->end = index;
	if (!column->constraints)
		column->constraints = index;
}

bool lint_column_next(const struct words *words, uint32_t *index, struct lint_column *column)
{
	uint32_t kind = words_token(words, *index).kind;

	if (kind != TOKEN_LEFT && kind != TOKEN_COMMA)
		return false;
	++*index;
	if (!words_is_name(words, *index) || begins_constraint(words, *index))
		return false;
	lint_column_read(words, *index, column);
	*index = column->end;
	return true;
}
