/*
 * What encloses a section.
 *
 * The runtime opens and closes the transaction of a section and switches foreign keys off before
 * it, so statements that do this for the whole section become flags and are not executed. Anywhere
 * else they would end the runtime's transaction early, or, the pragma, do nothing without a word:
 * errors. In a locked migration, where nobody can delete them, whole transactions in the middle are
 * left out: what they hold runs in the one transaction of the section.
 *
 * Foreign keys are off for the whole section or not at all. Where the pragma leaves some statements
 * out, these must not be able to tell the difference: schema statements may stand before OFF and
 * after ON.
 */
#include "directive_enclosure.h"

#include <string.h>

#include "statement.h"
#include "statement_postgres.h"
#include "support/text.h"

enum role {
	ROLE_PLAIN,
	ROLE_BEGIN,
	ROLE_COMMIT,
	ROLE_CONTROL,  /* ROLLBACK, SAVEPOINT, RELEASE */
	ROLE_KEYS_OFF, /* PRAGMA foreign_keys = OFF */
	ROLE_KEYS_ON,
	ROLE_KEYS_UNCLEAR,
};

/*
 * The section while it is looked at: the roles of its statements, and where BEGIN and COMMIT stand.
 */
struct enclosure {
	struct section *section;
	enum database database;
	enum role *roles;
	uint32_t begin; /* both section->count when nothing is wrapped */
	uint32_t commit;
	struct diagnostics *diag;
	int rc;
};

/* The spellings of on and off that mean the same to every version of SQLite. */
static enum role keys_role(const struct source *source, struct token value)
{
	static const char *const off[] = { "OFF", "NO", "FALSE", "0" };
	static const char *const on[] = { "ON", "YES", "TRUE", "1" };

	if (value.kind == TOKEN_NUMBER && value.length == 1)
		value.kind = TOKEN_WORD;
	for (size_t i = 0; i < sizeof(off) / sizeof(*off); i++) {
		if (statement_names(source, value, off[i]))
			return ROLE_KEYS_OFF;
		if (statement_names(source, value, on[i]))
			return ROLE_KEYS_ON;
	}
	return ROLE_KEYS_UNCLEAR;
}

static enum role role_on_sqlite(const struct section *section, const struct statement *statement)
{
	const struct source *source = section->source;
	struct token first = statement_word(section->tokens, statement, 0);
	struct pragma pragma;

	if (statement_is(source, first, "BEGIN"))
		return ROLE_BEGIN;
	if (statement_is(source, first, "COMMIT") || statement_is(source, first, "END"))
		return ROLE_COMMIT;
	if (statement_is(source, first, "ROLLBACK") || statement_is(source, first, "SAVEPOINT") ||
	    statement_is(source, first, "RELEASE"))
		return ROLE_CONTROL;
	if (!statement_pragma(source, section->tokens, statement, &pragma) ||
	    !statement_names(source, pragma.name, "FOREIGN_KEYS") || pragma.value.kind == TOKEN_END)
		return ROLE_PLAIN;
	return keys_role(source, pragma.value);
}

/* BEGIN, or COMMIT, with nothing after it but the words that change nothing. */
static bool is_bare(const struct section *section, const struct statement *statement)
{
	struct token second = statement_word(section->tokens, statement, 1);
	uint32_t n = statement_is(section->source, second, "WORK") ||
				     statement_is(section->source, second, "TRANSACTION")
			     ? 2
			     : 1;

	return statement_word(section->tokens, statement, n).kind == TOKEN_END;
}

/*
 * The spellings of https://www.postgresql.org/docs/current/sql-begin.html and its neighbours. With a
 * mode or AND CHAIN they mean more than the runtime's own transaction does.
 */
static enum role role_on_postgres(const struct section *section, const struct statement *statement)
{
	static const struct {
		const char *words;
		enum role role;
	} spellings[] = {
		{ "BEGIN", ROLE_BEGIN },
		{ "START TRANSACTION", ROLE_BEGIN },
		{ "COMMIT", ROLE_COMMIT },
		{ "END", ROLE_COMMIT },
		{ "ROLLBACK", ROLE_CONTROL },
		{ "ABORT", ROLE_CONTROL },
		{ "SAVEPOINT", ROLE_CONTROL },
		{ "RELEASE", ROLE_CONTROL },
		{ "PREPARE TRANSACTION", ROLE_CONTROL },
		{ "SET TRANSACTION", ROLE_CONTROL },
	};

	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++)
		if (statement_starts(section->source, section->tokens, statement,
				     spellings[i].words))
			return is_bare(section, statement) ? spellings[i].role : ROLE_CONTROL;
	return ROLE_PLAIN;
}

static bool is_keys(enum role role)
{
	return role == ROLE_KEYS_OFF || role == ROLE_KEYS_ON || role == ROLE_KEYS_UNCLEAR;
}

static void report(struct enclosure *enclosure, uint32_t index, const char *rule,
		   const char *message, const char *help)
{
	const struct statement *statement = &enclosure->section->statements[index];

	diagnostic_at(enclosure->diag, SEVERITY_ERROR, rule, enclosure->section->source,
		      statement->offset, statement->length, "%s", message);
	diagnostic_help(enclosure->diag, "%s", help);
	enclosure->rc = -1;
}

static bool has_transaction(const struct enclosure *enclosure, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		if (enclosure->roles[i] == ROLE_BEGIN || enclosure->roles[i] == ROLE_COMMIT)
			return true;
	return false;
}

/* BEGIN first, COMMIT last and none between, foreign-key pragmas aside. */
static void find_transaction(struct enclosure *enclosure)
{
	uint32_t count = enclosure->section->count;
	uint32_t first = 0;
	uint32_t last = count;

	while (first < count && is_keys(enclosure->roles[first]))
		first++;
	while (last > first && is_keys(enclosure->roles[last - 1]))
		last--;
	enclosure->begin = count;
	enclosure->commit = count;
	if (last - first < 2 || enclosure->roles[first] != ROLE_BEGIN ||
	    enclosure->roles[last - 1] != ROLE_COMMIT ||
	    has_transaction(enclosure, first + 1, last - 1))
		return;
	enclosure->begin = first;
	enclosure->commit = last - 1;
	enclosure->section->wrapped = true;
}

/* Could transactions in the middle be left out: each whole, and nothing that depends on them? */
static bool has_blocks(const struct enclosure *enclosure)
{
	const struct section *section = enclosure->section;
	bool open = false;

	if (section->settings.transaction == TRANSACTION_OFF)
		return false;
	for (uint32_t i = 0; i < section->count; i++) {
		enum role role = enclosure->roles[i];

		if (role == ROLE_CONTROL || is_keys(role) || section->statements[i].no_transaction)
			return false;
		if (role == (open ? ROLE_BEGIN : ROLE_COMMIT))
			return false;
		if (role == ROLE_BEGIN || role == ROLE_COMMIT)
			open = !open;
	}
	return !open;
}

static void note_blocks(const struct enclosure *enclosure)
{
	const struct section *section = enclosure->section;

	for (uint32_t i = 0; i < section->count; i++)
		if (enclosure->roles[i] == ROLE_BEGIN)
			diagnostic_at(enclosure->diag, SEVERITY_NOTE, "transaction-control",
				      section->source, section->statements[i].offset,
				      section->statements[i].length,
				      "this transaction inside a migration, which is locked, is "
				      "left out: all of it runs in one");
}

/* What the section is one of. */
static const char *unit_of(const struct section *section)
{
	switch (section->source->role) {
	case SOURCE_FIX:
		return "a fix";
	case SOURCE_REPEATABLE:
		return "a repeatable";
	default:
		return "a migration";
	}
}

static void refuse_control(struct enclosure *enclosure, struct arena *arena)
{
	const char *unit = unit_of(enclosure->section);

	for (uint32_t i = 0; i < enclosure->section->count; i++) {
		enum role role = enclosure->roles[i];

		if (i == enclosure->begin || i == enclosure->commit)
			continue;
		if (role == ROLE_BEGIN || role == ROLE_COMMIT)
			report(enclosure, i, "transaction-control",
			       arena_format(arena, "%s inside %s",
					    role == ROLE_BEGIN ? "BEGIN" : "COMMIT", unit),
			       arena_format(arena,
					    "delete it: %s runs in one transaction of its own; "
					    "BEGIN and COMMIT may only enclose all of it",
					    unit));
		else if (role == ROLE_CONTROL)
			report(enclosure, i, "transaction-control",
			       arena_format(arena, "transaction control inside %s", unit),
			       arena_format(arena, "delete it: %s is applied whole or not at all",
					    unit));
	}
}

/* Can no foreign key be checked or acted upon when this statement runs? */
static bool ignores_foreign_keys(const struct section *section, const struct statement *statement)
{
	static const char *const words[] = { "ALTER",	     "ANALYZE",	  "CREATE",  "DROP INDEX",
					     "DROP TRIGGER", "DROP VIEW", "EXPLAIN", "PRAGMA",
					     "REINDEX",	     "SELECT" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (statement_starts(section->source, section->tokens, statement, words[i]))
			return true;
	return false;
}

/* ALTER TABLE x RENAME TO t: the new name, or NULL. */
static const char *renamed_to(const struct section *section, const struct statement *statement,
			      struct arena *arena)
{
	const struct tokens *tokens = section->tokens;
	uint32_t n = 3;

	if (!statement_starts(section->source, tokens, statement, "ALTER TABLE"))
		return NULL;
	if (statement_word(tokens, statement, n).kind == TOKEN_DOT)
		n = 5;
	if (!statement_is(section->source, statement_word(tokens, statement, n), "RENAME") ||
	    !statement_is(section->source, statement_word(tokens, statement, n + 1), "TO"))
		return NULL;
	return statement_name(section->source, statement_word(tokens, statement, n + 2), arena);
}

/* DROP TABLE [IF EXISTS] [schema.]t: the name, or NULL. */
static const char *dropped(const struct section *section, const struct statement *statement,
			   struct arena *arena)
{
	const struct tokens *tokens = section->tokens;
	uint32_t n = 2;

	if (!statement_starts(section->source, tokens, statement, "DROP TABLE"))
		return NULL;
	if (statement_starts(section->source, tokens, statement, "DROP TABLE IF EXISTS"))
		n = 4;
	if (statement_word(tokens, statement, n + 1).kind == TOKEN_DOT)
		n += 2;
	return statement_name(section->source, statement_word(tokens, statement, n), arena);
}

/*
 * A table is dropped and another takes its name: SQLite's way to change a table
 * (https://www.sqlite.org/lang_altertable.html#otheralter), which wants foreign keys off. With them
 * on, the DROP deletes the rows of other tables that refer to it with ON DELETE CASCADE.
 */
static bool is_rebuild(const struct section *section, struct arena *arena)
{
	const char **names = arena_alloc(arena, section->count, sizeof(*names));
	uint32_t count = 0;

	for (uint32_t i = 0; i < section->count; i++) {
		const struct statement *statement = &section->statements[i];
		const char *name = dropped(section, statement, arena);

		if (name)
			names[count++] = name;
		name = renamed_to(section, statement, arena);
		for (uint32_t k = 0; name && k < count; k++)
			if (text_is(name, strlen(name), names[k]))
				return true;
	}
	return false;
}

/* ON without an OFF before it. */
static void report_alone(struct enclosure *enclosure, uint32_t index)
{
	report(enclosure, index, "foreign-keys-pragma",
	       "foreign keys are a setting of the connection",
	       "delete it, and switch foreign keys on where the program opens the database");
}

/* Around BEGIN … COMMIT: off before it, on after it; between them the pragma does nothing. */
static void settle_wrapped_keys(struct enclosure *enclosure)
{
	bool off = false;

	for (uint32_t i = 0; i < enclosure->begin; i++)
		off = enclosure->roles[i] == ROLE_KEYS_OFF;
	enclosure->section->foreign_keys_off |= off;
	for (uint32_t i = 0; i < enclosure->section->count; i++) {
		if (!is_keys(enclosure->roles[i]))
			continue;
		if (i > enclosure->commit && enclosure->roles[i] == ROLE_KEYS_OFF)
			report(enclosure, i, "foreign-keys-pragma",
			       "this pragma leaves foreign keys off",
			       "delete it; the setting is restored after the migration");
		else if (i > enclosure->begin && i < enclosure->commit && !off)
			report(enclosure, i, "foreign-keys-pragma",
			       "this pragma does nothing inside a transaction",
			       "put it before BEGIN; foreign keys are then off for the whole "
			       "migration");
		else if (!off)
			report_alone(enclosure, i);
	}
}

static void report_middle(struct enclosure *enclosure, uint32_t index)
{
	if (enclosure->roles[index] == ROLE_KEYS_OFF)
		report(enclosure, index, "foreign-keys-pragma",
		       "foreign keys cannot be switched off in the middle of a migration",
		       "move it to the first line, or give the statements before it a migration of "
		       "their own");
	else
		report(enclosure, index, "foreign-keys-pragma",
		       "foreign keys cannot be switched on in the middle of a migration",
		       "move it to the last line, or give the statements after it a migration of "
		       "their own");
}

/* Would one of these statements, which run with keys on where nobody wraps them, notice? */
static bool is_exposed(const struct enclosure *enclosure, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		if (enclosure->roles[i] == ROLE_PLAIN &&
		    !ignores_foreign_keys(enclosure->section, &enclosure->section->statements[i]))
			return true;
	return false;
}

/* Without BEGIN: what stands outside OFF … ON must not be able to tell the difference. */
static void settle_bare_keys(struct enclosure *enclosure)
{
	struct section *section = enclosure->section;
	bool rebuild = section->foreign_keys_off;
	bool ever = false;
	bool off = false;
	uint32_t since = 0; /* first statement after the last ON */

	for (uint32_t i = 0; i < section->count; i++) {
		if (enclosure->roles[i] == ROLE_KEYS_OFF) {
			if (!off && !rebuild && is_exposed(enclosure, since, i))
				report_middle(enclosure, i);
			off = ever = true;
		} else if (enclosure->roles[i] == ROLE_KEYS_ON) {
			if (!ever)
				report_alone(enclosure, i);
			off = false;
			since = i + 1;
		}
	}
	if (ever && !off && !rebuild && is_exposed(enclosure, since, section->count))
		report_middle(enclosure, since - 1);
	section->foreign_keys_off |= ever;
}

static void refuse_unclear_keys(struct enclosure *enclosure)
{
	for (uint32_t i = 0; i < enclosure->section->count; i++)
		if (enclosure->roles[i] == ROLE_KEYS_UNCLEAR)
			report(enclosure, i, "foreign-keys-pragma",
			       "this switches foreign keys neither on nor off",
			       "write PRAGMA foreign_keys=OFF");
}

static void settle_keys(struct enclosure *enclosure, struct arena *arena)
{
	struct section *section = enclosure->section;

	section->foreign_keys_off = is_rebuild(section, arena);
	refuse_unclear_keys(enclosure);
	if (enclosure->rc)
		return;
	if (section->wrapped)
		settle_wrapped_keys(enclosure);
	else
		settle_bare_keys(enclosure);
}

/* What is said to not work in a transaction: PRAGMA journal_mode, CREATE INDEX CONCURRENTLY. */
static const char *refused_name(const struct enclosure *enclosure,
				const struct statement *statement, struct arena *arena)
{
	const struct section *section = enclosure->section;
	struct token word = statement_word(section->tokens, statement, 0);
	struct pragma pragma;

	if (enclosure->database == DATABASE_POSTGRES)
		return statement_postgres_refuses(section->source, section->tokens, statement);
	if (statement_pragma(section->source, section->tokens, statement, &pragma))
		word.length = pragma.name.offset + pragma.name.length - word.offset;
	return arena_copy(arena, section->source->text + word.offset, word.length);
}

static void refuse_in_transaction(struct enclosure *enclosure, uint32_t index, struct arena *arena)
{
	const struct section *section = enclosure->section;
	const struct statement *statement = &section->statements[index];

	diagnostic_at(enclosure->diag, SEVERITY_ERROR, "transaction-setting", section->source,
		      statement->offset, statement->length, "%s does not work in a transaction",
		      refused_name(enclosure, statement, arena));
	if (section->source->role == SOURCE_FIX || section->source->role == SOURCE_REPEATABLE)
		diagnostic_help(enclosure->diag,
				"%s runs in a transaction: give it a migration of its own",
				unit_of(section));
	else if (section->wrapped)
		diagnostic_help(enclosure->diag,
				"delete BEGIN and COMMIT, or give it a migration of its own");
	else
		diagnostic_help(enclosure->diag, "write transaction:off, or nothing: it is planned "
						 "outside a transaction by itself");
	enclosure->rc = -1;
}

/* With transaction:off they run as psql would run them. Who ends transactions is not known of all the others. */
static void release_committing(struct enclosure *enclosure)
{
	const struct section *section = enclosure->section;

	for (uint32_t i = 0; i < section->count; i++)
		if (statement_postgres_commits(section->source, section->tokens,
					       &section->statements[i]))
			section->statements[i].no_transaction = true;
}

static void settle_transaction(struct enclosure *enclosure, struct arena *arena)
{
	struct section *section = enclosure->section;
	enum transaction_setting setting = section->settings.transaction;

	section->no_transaction = setting == TRANSACTION_OFF && !section->wrapped;
	if (section->no_transaction && enclosure->database == DATABASE_POSTGRES)
		release_committing(enclosure);
	for (uint32_t i = 0; i < section->count; i++) {
		if (!section->statements[i].no_transaction)
			continue;
		if (section->wrapped || setting == TRANSACTION_ON)
			refuse_in_transaction(enclosure, i, arena);
		else
			section->no_transaction = true;
	}
}

static void keep_plain(struct enclosure *enclosure, struct arena *arena)
{
	struct section *section = enclosure->section;
	struct statement *kept = arena_alloc(arena, section->count, sizeof(*kept));
	uint32_t count = 0;

	for (uint32_t i = 0; i < section->count; i++)
		if (enclosure->roles[i] == ROLE_PLAIN)
			kept[count++] = section->statements[i];
	section->statements = kept;
	section->count = count;
}

int directive_enclosure(struct section *section, enum database database, struct arena *arena,
			struct diagnostics *diag)
{
	struct enclosure enclosure = { .section = section, .database = database, .diag = diag };

	enclosure.roles = arena_alloc(arena, section->count, sizeof(*enclosure.roles));
	for (uint32_t i = 0; i < section->count; i++)
		enclosure.roles[i] = database == DATABASE_SQLITE
					     ? role_on_sqlite(section, &section->statements[i])
					     : role_on_postgres(section, &section->statements[i]);
	find_transaction(&enclosure);
	if (!section->wrapped && section->source->locked && has_blocks(&enclosure))
		note_blocks(&enclosure);
	else
		refuse_control(&enclosure, arena);
	if (enclosure.rc)
		return -1;
	if (database == DATABASE_SQLITE)
		settle_keys(&enclosure, arena);
	settle_transaction(&enclosure, arena);
	keep_plain(&enclosure, arena);
	return enclosure.rc;
}
