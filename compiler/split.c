/*
 * Split: from the tokens of a source to its statements.
 *
 * A semicolon ends a statement, except inside the body of a trigger or function. Comments before
 * and after a statement do not belong to it, comments inside it do. Where one ends is a dialect's
 * own rule; what it may do inside a transaction is found out here as well, because it depends on
 * the statement alone.
 */
#include "split.h"

#include "split_postgres.h"
#include "split_sqlite.h"
#include "statement.h"
#include "statement_postgres.h"
#include "statement_postgres_probe.h"
#include "support/arena.h"

struct splitter {
	const struct source *source;
	const struct tokens *tokens;
	struct arena *arena;
	struct statements *statements;
	size_t capacity;
};

/* The first token from `i` on that is neither a comment nor a semicolon. */
static uint32_t skip_to_statement(const struct tokens *tokens, uint32_t i)
{
	while (tokens->items[i].kind == TOKEN_SEMICOLON || statement_is_comment(tokens->items[i]))
		i++;
	return i;
}

/* The span of tokens from `first` to before `end`, without the comments at its end. */
static struct statement span(const struct tokens *tokens, uint32_t first, uint32_t end)
{
	const struct token *begin = &tokens->items[first];
	const struct token *last;

	while (statement_is_comment(tokens->items[end - 1]))
		end--;
	last = &tokens->items[end - 1];
	return (struct statement){
		.offset = begin->offset,
		.length = last->offset + last->length - begin->offset,
		.first_token = first,
		.token_count = end - first,
	};
}

static struct statement *add(struct splitter *splitter, struct statement statement)
{
	struct statements *all = splitter->statements;

	if (all->count == splitter->capacity)
		all->items = arena_grow(splitter->arena, all->items, all->count,
					&splitter->capacity, sizeof(*all->items));
	all->items[all->count] = statement;
	return &all->items[all->count++];
}

static int split_sqlite(struct splitter *splitter, struct diagnostics *diag)
{
	struct buffer scratch = BUFFER_INIT;
	const struct tokens *tokens = splitter->tokens;
	struct statement *statement;
	uint32_t first = skip_to_statement(tokens, 0);
	uint32_t end;
	int rc = 0;

	while (tokens->items[first].kind != TOKEN_END) {
		int fault = split_sqlite_end(splitter->source, tokens, first, &end, diag);

		statement = add(splitter, span(tokens, first, end));
		split_sqlite_classify(splitter->source, tokens, statement);
		if (!fault)
			fault = split_sqlite_confirm(splitter->source, tokens, statement, &scratch,
						     diag);
		rc |= fault;
		first = skip_to_statement(tokens, end);
	}
	buffer_release(&scratch);
	return rc;
}

static int split_postgres(struct splitter *splitter, struct diagnostics *diag)
{
	const struct source *source = splitter->source;
	const struct tokens *tokens = splitter->tokens;
	struct statement *statement;
	uint32_t first = skip_to_statement(tokens, 0);
	uint32_t end;
	int rc = 0;

	while (tokens->items[first].kind != TOKEN_END) {
		rc |= split_postgres_end(source, tokens, first, &end, diag);
		statement = add(splitter, span(tokens, first, end));
		statement->no_transaction =
			statement_postgres_refuses(source, tokens, statement) != NULL;
		statement->repeatable = statement->no_transaction &&
					statement_postgres_repeats(source, tokens, statement);
		if (statement->no_transaction)
			statement->probe = statement_postgres_probe(source, tokens, statement,
								    splitter->arena);
		first = skip_to_statement(tokens, end);
	}
	return rc;
}

int split(const struct source *source, const struct tokens *tokens, enum database database,
	  struct arena *arena, struct statements *statements, struct diagnostics *diag)
{
	struct splitter splitter = { source, tokens, arena, statements, 0 };

	statements->items = NULL;
	statements->count = 0;
	if (database == DATABASE_SQLITE)
		return split_sqlite(&splitter, diag);
	return split_postgres(&splitter, diag);
}
