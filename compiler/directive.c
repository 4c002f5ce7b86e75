/*
 * Directive: from the statements of a file to its sections: up, down and sample of a migration, the up of a
 * repeatable, and those of a fix.
 *
 * Walks the comments and the statements side by side: a directive opens a section that lasts to the
 * next one, an allowance belongs to a statement, and everything that was meant as one of these and
 * is not is reported. A file without sections is all up, or all down when its name says so.
 */
#include "directive.h"

#include <string.h>

#include "directive_enclosure.h"
#include "directive_line.h"
#include "directive_title.h"
#include "statement_postgres.h"
#include "support/arena.h"

struct divider {
	const struct source *source;
	const struct statements *statements;
	enum database database;
	struct arena *arena;
	struct part *part;
	struct diagnostics *diag;
	struct directive_file file;
	struct directive_line *lines; /* directives and allowances, in order */
	size_t line_count;
	size_t line_capacity;
};

/* The first statement of `items` that ends after `offset`, or `count`. */
static uint32_t statement_after(const struct statement *items, uint32_t count, uint32_t offset)
{
	uint32_t low = 0;
	uint32_t high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (items[middle].offset + items[middle].length > offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static uint32_t line_of(const struct divider *divider, uint32_t offset)
{
	uint32_t line;
	uint32_t column;

	diagnostic_position(divider->source, offset, &line, &column);
	return line;
}

static bool is_inside_statement(const struct divider *divider, uint32_t offset)
{
	const struct statements *all = divider->statements;
	uint32_t i = statement_after(all->items, all->count, offset);

	return i < all->count && all->items[i].offset < offset;
}

static int report_line(struct divider *divider, const struct directive_line *line, const char *rule,
		       const char *message, const char *help)
{
	diagnostic_at(divider->diag, SEVERITY_ERROR, rule, divider->source, line->token.offset,
		      line->token.length, "%s", message);
	diagnostic_help(divider->diag, "%s", help);
	return -1;
}

static int read_line(struct divider *divider, struct token token)
{
	struct directive_line line;

	if (directive_line_read(&divider->file, token, &line))
		return -1;
	if (line.kind == DIRECTIVE_NONE)
		return 0;
	if (line.kind != DIRECTIVE_ALLOW && is_inside_statement(divider, token.offset))
		return report_line(divider, &line, "misplaced-directive",
				   "a directive in the middle of a statement",
				   "end the statement before it with a semicolon");
	divider->lines = arena_grow(divider->arena, divider->lines, divider->line_count,
				    &divider->line_capacity, sizeof(*divider->lines));
	divider->lines[divider->line_count++] = line;
	return 0;
}

static int read_lines(struct divider *divider)
{
	const struct tokens *tokens = &divider->part->tokens;
	int rc = 0;

	for (uint32_t i = 0; i < tokens->count; i++)
		if (tokens->items[i].kind == TOKEN_LINE_COMMENT)
			rc |= read_line(divider, tokens->items[i]);
	return rc;
}

/* The statements between two offsets become those of the section. */
static void fill(struct divider *divider, struct section *section, uint32_t from, uint32_t to)
{
	const struct statements *all = divider->statements;
	uint32_t first = statement_after(all->items, all->count, from);

	section->present = true;
	section->source = divider->source;
	section->tokens = &divider->part->tokens;
	section->offset = from;
	section->statements = all->count ? &all->items[first] : NULL;
	section->count = statement_after(all->items, all->count, to) - first;
}

/* What a section is called. */
static const char *word_of(enum directive_kind kind)
{
	static const char *const words[] = {
		[DIRECTIVE_UP] = "an up",	    [DIRECTIVE_DOWN] = "a down",
		[DIRECTIVE_SAMPLE] = "a sample",    [DIRECTIVE_GUARD] = "a should-run",
		[DIRECTIVE_EXECUTE] = "an execute", [DIRECTIVE_UNDO] = "an undo",
		[DIRECTIVE_GIVEN] = "a given",
	};

	return words[kind];
}

static struct section *section_of(struct part *part, enum directive_kind kind)
{
	switch (kind) {
	case DIRECTIVE_DOWN:
	case DIRECTIVE_UNDO:
		return &part->down;
	case DIRECTIVE_SAMPLE:
		return &part->sample;
	case DIRECTIVE_GUARD:
		return &part->guard;
	case DIRECTIVE_GIVEN:
		return &part->given;
	default:
		return &part->up;
	}
}

static int report_duplicate(struct divider *divider, const struct directive_line *line,
			    const struct section *section)
{
	report_line(divider, line, "duplicate-section",
		    arena_format(divider->arena, "a second %s section",
				 strchr(word_of(line->kind), ' ') + 1),
		    "");
	diagnostic_help(divider->diag, "the first one is on line %u: put the statements together",
			line_of(divider, section->offset));
	return -1;
}

/* A section that the file, by its name, cannot have. */
static int refuse_section(struct divider *divider, const struct directive_line *line)
{
	enum source_role role = divider->source->role;
	const char *word = word_of(line->kind);
	const char *where = NULL;
	const char *help = NULL;

	if (role == SOURCE_DOWN && line->kind != DIRECTIVE_DOWN) {
		where = "a down file";
		help = "move it to the file that ends in up.sql";
	} else if (role == SOURCE_UP && line->kind == DIRECTIVE_DOWN) {
		where = "an up file";
		help = "move it to the file that ends in down.sql";
	} else if (role == SOURCE_REPEATABLE && line->kind != DIRECTIVE_UP) {
		where = "a repeatable";
		help = "delete it: a repeatable runs again when its text changes, and is never "
		       "undone";
	}
	return where ? report_line(divider, line, "wrong-section",
				   arena_format(divider->arena, "%s section in %s", word, where),
				   help)
		     : 0;
}

/* A function stands for the section, which holds nothing else. */
static int check_call(struct divider *divider, const struct section *section)
{
	const struct statement *statement = section->statements;

	if (!section->settings.call || !section->count)
		return 0;
	diagnostic_at(divider->diag, SEVERITY_ERROR, "call-with-statements", divider->source,
		      statement->offset, divider->part->tokens.items[statement->first_token].length,
		      "this section names a function, %s, and holds SQL as well",
		      section->settings.call);
	diagnostic_help(divider->diag, "%s",
			divider->source->role == SOURCE_FIX
				? "let the function do all of it, or give the SQL a fix of its own"
				: "let the function do all of it, or give the SQL a migration of "
				  "its own");
	return -1;
}

/* Opens the section of a directive; it lasts up to `end`. */
static int open_section(struct divider *divider, const struct directive_line *line, uint32_t end)
{
	struct section *section = section_of(divider->part, line->kind);

	if (section->present)
		return report_duplicate(divider, line, section);
	if (refuse_section(divider, line))
		return -1;
	fill(divider, section, line->token.offset, end);
	section->settings = line->settings;
	return check_call(divider, section);
}

static int refuse_early_statement(struct divider *divider, const struct directive_line *first)
{
	const struct statement *statement = divider->statements->items;

	if (divider->statements->count == 0 || statement->offset > first->token.offset)
		return 0;
	diagnostic_at(divider->diag, SEVERITY_ERROR, "statement-before-section", divider->source,
		      statement->offset, divider->part->tokens.items[statement->first_token].length,
		      "a statement before the first section");
	if (first->kind == DIRECTIVE_SAMPLE)
		diagnostic_help(divider->diag, "write -- migrate:up above it");
	else if (divider->source->role == SOURCE_FIX)
		diagnostic_help(divider->diag, "move it into the section that it belongs to");
	else
		diagnostic_help(divider->diag, "move the directive of line %u above it",
				line_of(divider, first->token.offset));
	return -1;
}

static const struct directive_line *next_section(const struct divider *divider, size_t i)
{
	while (i < divider->line_count && divider->lines[i].kind == DIRECTIVE_ALLOW)
		i++;
	return i < divider->line_count ? &divider->lines[i] : NULL;
}

static int open_sections(struct divider *divider)
{
	uint32_t end = (uint32_t)divider->source->length;
	const struct directive_line *line = next_section(divider, 0);
	const struct directive_line *next;
	int rc;

	if (!line && divider->source->role == SOURCE_FIX)
		return 0;
	if (!line) {
		fill(divider,
		     divider->source->role == SOURCE_DOWN ? &divider->part->down
							  : &divider->part->up,
		     0, end);
		return 0;
	}
	rc = refuse_early_statement(divider, line);
	for (; line; line = next) {
		next = next_section(divider, (size_t)(line - divider->lines) + 1);
		rc |= open_section(divider, line, next ? next->token.offset : end);
	}
	return rc;
}

static int report_section(struct divider *divider, const struct section *section, const char *rule,
			  const char *message, const char *help)
{
	const char *text = divider->source->text + section->offset;

	diagnostic_at(divider->diag, SEVERITY_ERROR, rule, divider->source, section->offset,
		      (uint32_t)strcspn(text, "\n"), "%s", message);
	diagnostic_help(divider->diag, "%s", help);
	return -1;
}

/* A migration has an up, and what is irreversible has no down. */
static int check_pair(struct divider *divider)
{
	struct section *up = &divider->part->up;
	struct section *down = &divider->part->down;

	if (divider->source->role != SOURCE_DOWN && !up->present)
		return report_section(divider, down->present ? down : &divider->part->sample,
				      "missing-up",
				      down->present ? "a down section without an up"
						    : "a sample section without an up",
				      "add a section -- migrate:up above it");
	if (up->settings.irreversible && down->present)
		return report_section(divider, down, "irreversible",
				      "the up section says that there is no way back",
				      "delete this section, or irreversible above");
	if (!down->settings.irreversible)
		return 0;
	if (divider->source->role == SOURCE_DOWN)
		return report_section(divider, down, "irreversible",
				      "a down file that says that there is no way back",
				      "delete the file, and write irreversible in the up file");
	if (down->count || down->settings.call)
		return report_section(
			divider, down, "irreversible",
			"this section has statements and says that there is no way back",
			"delete the statements, or irreversible");
	up->settings.irreversible = down->settings.irreversible;
	down->present = false;
	return 0;
}

static int report_missing(struct divider *divider, const char *name, const char *help)
{
	diagnostic_at(divider->diag, SEVERITY_ERROR, "missing-section", divider->source, 0, 0,
		      "a fix without a section -- fix:%s", name);
	diagnostic_help(divider->diag, "%s", help);
	return -1;
}

/* A fix looks before it acts. */
static int check_fix(struct divider *divider)
{
	const struct part *part = divider->part;
	int rc = 0;

	if (!part->guard.present)
		rc = report_missing(divider, "should-run",
				    "add one with a query that says whether there is anything to "
				    "do; SELECT 1 = 1 always says so");
	if (!part->up.present)
		rc = report_missing(divider, "execute", "add one with the statements that mend it");
	if (!part->guard.present || part->guard.count)
		return rc;
	return report_section(divider, &part->guard, "missing-query",
			      "this section has no query: whether the fix should run is not known",
			      "write a SELECT of one truth value");
}

static int refuse_parameter(struct divider *divider, struct token token)
{
	diagnostic_at(divider->diag, SEVERITY_ERROR, "unbound-parameter", divider->source,
		      token.offset, token.length, "a parameter, which nobody gives a value");
	diagnostic_help(divider->diag, "write the value itself; text stands in single quotes");
	return -1;
}

/*
 * Nobody binds a value when a migration runs: SQLite would take NULL without a word. On PostgreSQL
 * $1 may also be an argument of what the statement makes.
 */
static int refuse_parameters(struct divider *divider)
{
	const struct tokens *tokens = &divider->part->tokens;
	int rc = 0;

	for (uint32_t i = 0; i < divider->statements->count; i++) {
		const struct statement *statement = &divider->statements->items[i];

		if (divider->database == DATABASE_POSTGRES &&
		    statement_postgres_binds(divider->source, tokens, statement))
			continue;
		for (uint32_t k = 0; k < statement->token_count; k++) {
			struct token token = tokens->items[statement->first_token + k];

			if (token.kind == TOKEN_PARAMETER)
				rc |= refuse_parameter(divider, token);
		}
	}
	return rc;
}

static int settle(struct divider *divider, struct section *section)
{
	if (!section->present)
		return 0;
	return directive_enclosure(section, divider->database, divider->arena, divider->diag);
}

#define SECTIONS_ALLOWED 4

/* The sections that an allowance can stand in. */
static void list_sections(struct part *part, struct section *sections[SECTIONS_ALLOWED])
{
	sections[0] = &part->up;
	sections[1] = &part->down;
	sections[2] = &part->guard;
	sections[3] = &part->given;
}

/* The section in which a comment stands; what stands before the first belongs to the first. */
static struct section *section_at(const struct divider *divider, uint32_t offset)
{
	struct section *sections[SECTIONS_ALLOWED];
	struct section *first = NULL;
	struct section *last = NULL;

	list_sections(divider->part, sections);
	for (size_t i = 0; i < SECTIONS_ALLOWED; i++) {
		struct section *section = sections[i];

		if (!section->present)
			continue;
		if (!first || section->offset < first->offset)
			first = section;
		if (section->offset <= offset && (!last || section->offset > last->offset))
			last = section;
	}
	return last ? last : first;
}

/* The line of the statement that an allowance covers: the one beside it, else the next. */
static uint32_t covered_line(const struct divider *divider, const struct section *section,
			     uint32_t offset)
{
	const struct statement *items = section->statements;
	uint32_t next = statement_after(items, section->count, offset);
	uint32_t line = line_of(divider, offset);

	if (next > 0 && line_of(divider, items[next - 1].offset + items[next - 1].length) == line)
		return line_of(divider, items[next - 1].offset);
	return next < section->count ? line_of(divider, items[next].offset) : line;
}

static void hand_out_allowances(struct divider *divider, struct section *section)
{
	struct allowance *all = arena_alloc(divider->arena, divider->line_count, sizeof(*all));

	for (size_t i = 0; i < divider->line_count; i++) {
		const struct directive_line *line = &divider->lines[i];

		if (line->kind != DIRECTIVE_ALLOW ||
		    section_at(divider, line->token.offset) != section)
			continue;
		all[section->allowance_count] = line->allowance;
		all[section->allowance_count++].line =
			covered_line(divider, section, line->token.offset);
	}
	section->allowances = all;
}

/* What a script is as a whole, and the rules for one: it runs in a transaction. */
static int settle_script(struct divider *divider)
{
	const struct directive_line *first = next_section(divider, 0);
	struct part *part = divider->part;

	part->settings = divider->file.whole;
	part->up.settings.transaction = TRANSACTION_ON;
	part->down.settings.transaction = TRANSACTION_ON;
	part->given.settings.transaction = TRANSACTION_ON;
	if (divider->source->role == SOURCE_REPEATABLE)
		return 0;
	part->title =
		directive_title(divider->source, &part->tokens,
				first ? first->token.offset : (uint32_t)divider->source->length,
				divider->arena);
	return check_fix(divider);
}

static int settle_sections(struct divider *divider)
{
	struct section *sections[SECTIONS_ALLOWED];
	struct part *part = divider->part;
	bool is_script =
		divider->source->role == SOURCE_FIX || divider->source->role == SOURCE_REPEATABLE;
	int rc = is_script ? settle_script(divider) : check_pair(divider);

	if (rc || refuse_parameters(divider))
		return -1;
	/* A should-run is left as it is: whatever is no query is refused there. */
	if (settle(divider, &part->up) | settle(divider, &part->down) |
	    settle(divider, &part->sample) | settle(divider, &part->given))
		return -1;
	list_sections(part, sections);
	for (size_t i = 0; i < SECTIONS_ALLOWED; i++)
		hand_out_allowances(divider, sections[i]);
	return 0;
}

int directive(const struct source *source, const struct statements *statements,
	      enum database database, struct arena *arena, struct part *part,
	      struct diagnostics *diag)
{
	struct divider divider = { .source = source,
				   .statements = statements,
				   .database = database,
				   .arena = arena,
				   .part = part,
				   .diag = diag,
				   .file = { .source = source, .arena = arena, .diag = diag } };

	part->source = source;
	divider.file.whole.required = -1;
	if (read_lines(&divider) || open_sections(&divider))
		return -1;
	return settle_sections(&divider);
}
