/*
 * Fuzzer of the stages that read SQL: lexer, split, directive.
 *
 * Any bytes are a file. Besides not crashing, what the stages accept must fit together: tokens
 * cover the text in order, statements are made of tokens, SQLite finds the same ends, sections hold
 * no foreign statements. Each input is read twice: as SQL of SQLite and as SQL of PostgreSQL.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "directive.h"
#include "fuzz.h"
#include "lexer.h"
#include "scan.h"
#include "split.h"

/* SQLite is asked about every prefix of texts up to this size: it makes the check quadratic. */
#define PREFIX_LIMIT 2000

static void expect(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static void check_tokens(const struct source *source, const struct tokens *tokens)
{
	uint32_t offset = 0;

	for (uint32_t i = 0; i < tokens->count; i++) {
		const struct token *token = &tokens->items[i];

		expect(token->offset >= offset, "tokens overlap");
		expect(token->length > 0 || token->kind == TOKEN_END, "an empty token");
		offset = token->offset + token->length;
	}
	expect(tokens->count > 0 && tokens->items[tokens->count - 1].kind == TOKEN_END,
	       "no end after the last token");
	expect(offset == source->length, "text after the last token");
}

/* sqlite3_complete knows no parameters: in $a(") it takes the quote for the begin of a name. */
static int may_have_parameters(const char *text, size_t length)
{
	return memchr(text, '$', length) || memchr(text, ':', length) ||
	       memchr(text, '@', length) || memchr(text, '#', length);
}

/* SQLite's shell would run the text up to each of our semicolons, and nothing before. */
static void check_ends(const struct source *source, const struct statement *statement)
{
	const char *text = source->text + statement->offset;
	char *prefix = malloc((size_t)statement->length + 2);

	expect(prefix != NULL, "no memory");
	memcpy(prefix, text, statement->length);
	for (uint32_t i = 0; i < statement->length; i++) {
		prefix[i] = '\0';
		expect(i == 0 || text[i - 1] != ';' || !sqlite3_complete(prefix) ||
			       may_have_parameters(text, i),
		       "SQLite ends the statement earlier");
		prefix[i] = text[i];
	}
	memcpy(prefix + statement->length, ";", 2);
	expect(sqlite3_complete(prefix) || may_have_parameters(text, statement->length),
	       "SQLite ends the statement later");
	free(prefix);
}

/* The text of a statement alone gives the tokens that it had in the file. */
static void check_alone(const struct source *source, const struct tokens *tokens,
			const struct statement *statement, enum database database,
			struct arena *arena, struct diagnostics *diag)
{
	const struct token *token = &tokens->items[statement->first_token];
	struct tokens again = { NULL, 0 };
	struct source alone = *source;

	alone.text = arena_copy(arena, source->text + statement->offset, statement->length);
	alone.length = statement->length;
	expect(lexer_run(&alone, database, arena, &again, diag) == 0, "not SQL alone");
	expect(again.count == statement->token_count + 1, "other tokens alone");
	for (uint32_t i = 0; i < statement->token_count; i++)
		expect(again.items[i].kind == token[i].kind &&
			       again.items[i].offset == token[i].offset - statement->offset &&
			       again.items[i].length == token[i].length,
		       "another token alone");
}

static void check_statements(const struct source *source, const struct tokens *tokens,
			     const struct statements *statements, enum database database,
			     struct arena *arena, struct diagnostics *diag)
{
	uint32_t end = 0;

	for (uint32_t i = 0; i < statements->count; i++) {
		const struct statement *statement = &statements->items[i];
		const struct token *first = &tokens->items[statement->first_token];
		const struct token *last = first + statement->token_count - 1;

		expect(statement->offset >= end && statement->length > 0, "statements overlap");
		expect(first->offset == statement->offset, "a statement begins inside a token");
		end = statement->offset + statement->length;
		expect(last->offset + last->length == end, "a statement ends inside a token");
		if (database == DATABASE_SQLITE && statement->length <= PREFIX_LIMIT)
			check_ends(source, statement);
		check_alone(source, tokens, statement, database, arena, diag);
	}
}

static void check_section(const struct section *section, const struct statements *statements)
{
	uint32_t end = section->offset;

	expect(section->present || section->count == 0, "statements of no section");
	expect(section->count <= statements->count, "more statements than there are");
	for (uint32_t i = 0; i < section->count; i++) {
		expect(section->statements[i].offset >= end, "statements out of order");
		end = section->statements[i].offset + section->statements[i].length;
	}
	for (uint32_t i = 0; i < section->allowance_count; i++)
		expect(section->allowances[i].reason[0] != '\0', "an allowance without a reason");
}

static void run(struct source *source, enum database database, struct arena *arena,
		struct diagnostics *diag)
{
	struct statements statements = { NULL, 0 };
	struct tokens tokens = { NULL, 0 };

	if (lexer_run(source, database, arena, &tokens, diag))
		return;
	check_tokens(source, &tokens);
	if (split(source, &tokens, database, arena, &statements, diag))
		return;
	check_statements(source, &tokens, &statements, database, arena, diag);
	for (int role = SOURCE_BOTH; role <= SOURCE_REPEATABLE; role++) {
		struct part part = { .tokens = tokens };

		source->role = (enum source_role)role;
		if (directive(source, &statements, database, arena, &part, diag) == 0) {
			check_section(&part.up, &statements);
			check_section(&part.down, &statements);
			check_section(&part.guard, &statements);
			check_section(&part.given, &statements);
		}
	}
}

static void run_as(enum database database, const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct diagnostics diag = { .arena = &arena };
	struct source source;

	scan_text("fuzz.sql", (const char *)data, size, &arena, &source);
	run(&source, database, &arena, &diag);
	fuzz_print(&diag);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (memchr(data, '\0', size)) /* scan refuses it */
		return 0;
	run_as(DATABASE_SQLITE, data, size);
	run_as(DATABASE_POSTGRES, data, size);
	return 0;
}
