/*
 * PostgreSQL's rule of splitting.
 *
 * Two statements hold semicolons of their own: CREATE RULE … DO (a; b) in parentheses, and CREATE
 * FUNCTION or PROCEDURE … BEGIN ATOMIC a; b; END. Bodies in quotes are strings, which the lexer
 * took whole. Inside an atomic body every CASE has an END too; a word after AS or a dot is a name.
 */
#include "split_postgres.h"

#include "statement.h"

struct walk {
	const struct source *source;
	const struct tokens *tokens;
	struct diagnostics *diag;
	bool may_nest; /* CREATE RULE: semicolons may stand in parentheses */
	bool may_have_body;
	uint32_t depth;	   /* of parentheses */
	uint32_t body;	   /* the BEGIN of an atomic body, when inside > 0 */
	uint32_t inside;   /* BEGIN and CASE without their END */
	uint32_t previous; /* the token before, comments aside */
};

static bool is_word(const struct walk *walk, uint32_t i, const char *word)
{
	return statement_is(walk->source, walk->tokens->items[i], word);
}

/* The first token from `i` on that is no comment. */
static uint32_t skip_comments(const struct tokens *tokens, uint32_t i)
{
	while (statement_is_comment(tokens->items[i]))
		i++;
	return i;
}

/* CREATE [OR REPLACE] and then what. */
static void read_kind(struct walk *walk, uint32_t first)
{
	uint32_t i = first;

	if (!is_word(walk, i, "CREATE"))
		return;
	i = skip_comments(walk->tokens, i + 1);
	if (is_word(walk, i, "OR")) {
		i = skip_comments(walk->tokens, i + 1);
		if (is_word(walk, i, "REPLACE"))
			i = skip_comments(walk->tokens, i + 1);
	}
	walk->may_nest = is_word(walk, i, "RULE");
	walk->may_have_body = is_word(walk, i, "FUNCTION") || is_word(walk, i, "PROCEDURE");
}

static bool is_name(const struct walk *walk)
{
	return walk->tokens->items[walk->previous].kind == TOKEN_DOT ||
	       is_word(walk, walk->previous, "AS");
}

static void take_word(struct walk *walk, uint32_t i)
{
	if (!walk->may_have_body || walk->depth > 0 || is_name(walk))
		return;
	if (walk->inside == 0) {
		if (!is_word(walk, i, "BEGIN") ||
		    !is_word(walk, skip_comments(walk->tokens, i + 1), "ATOMIC"))
			return;
		walk->body = i;
		walk->inside = 1;
	} else if (is_word(walk, i, "CASE")) {
		walk->inside++;
	} else if (is_word(walk, i, "END")) {
		walk->inside--;
	}
}

static int report(const struct walk *walk, uint32_t i, const char *rule, const char *message,
		  const char *help)
{
	const struct token *token = &walk->tokens->items[i];

	diagnostic_at(walk->diag, SEVERITY_ERROR, rule, walk->source, token->offset, token->length,
		      "%s", message);
	diagnostic_help(walk->diag, "%s", help);
	return -1;
}

/* The innermost parenthesis that is open before token number `i`. */
static int report_open(const struct walk *walk, uint32_t i)
{
	uint32_t closed = 0;

	for (;;) {
		uint32_t kind = walk->tokens->items[--i].kind;

		if (kind == TOKEN_RIGHT)
			closed++;
		else if (kind == TOKEN_LEFT && closed-- == 0)
			break;
	}
	return report(walk, i, "unbalanced-parenthesis",
		      "the parenthesis that opens here is not closed before the statement ends",
		      "close it with )");
}

static int report_body(const struct walk *walk)
{
	return report(walk, walk->body, "unterminated-body", "the body that begins here has no END",
		      "end it with END; and end each CASE inside it with END too");
}

/* What is still open at the end of the statement. */
static int finish(const struct walk *walk, uint32_t end)
{
	if (walk->depth > 0)
		return report_open(walk, end);
	return walk->inside > 0 ? report_body(walk) : 0;
}

static int close_one(struct walk *walk, uint32_t i)
{
	if (walk->depth > 0) {
		walk->depth--;
		return 0;
	}
	return report(walk, i, "unbalanced-parenthesis", "this ) closes nothing",
		      "delete it, or open the parenthesis that it should close");
}

static bool ends(const struct walk *walk)
{
	return walk->depth > 0 ? !walk->may_nest : walk->inside == 0;
}

int split_postgres_end(const struct source *source, const struct tokens *tokens, uint32_t first,
		       uint32_t *end, struct diagnostics *diag)
{
	struct walk walk = { source, tokens, diag, false, false, 0, 0, 0, first };
	int rc = 0;

	read_kind(&walk, first);
	for (*end = first; tokens->items[*end].kind != TOKEN_END; ++*end) {
		uint32_t kind = tokens->items[*end].kind;

		if (kind == TOKEN_LINE_COMMENT || kind == TOKEN_BLOCK_COMMENT)
			continue;
		if (kind == TOKEN_SEMICOLON && ends(&walk))
			break;
		if (kind == TOKEN_LEFT)
			walk.depth++;
		else if (kind == TOKEN_RIGHT)
			rc |= close_one(&walk, *end);
		else if (kind == TOKEN_WORD)
			take_word(&walk, *end);
		walk.previous = *end;
	}
	return finish(&walk, *end) | rc;
}
