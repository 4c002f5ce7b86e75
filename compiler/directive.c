/*
 * Directive: from the statements of a file to its up, down and sample sections.
 *
 * Walks the comments and the statements side by side: a directive opens a section that lasts to the
 * next one, an allowance belongs to a statement, and everything that was meant as one of these and
 * is not is reported. A file without sections is all up, or all down when its name says so.
 */
#include "directive.h"

#include <string.h>

#include "directive_enclosure.h"
#include "directive_line.h"
#include "statement_postgres.h"
#include "support/arena.h"

struct divider {
	const struct source *source;
	const struct statements *statements;
	enum database database;
	struct arena *arena;
	struct part *part;
	struct diagnostics *diag;
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

	if (directive_line_read(divider->source, token, divider->arena, &line, divider->diag))
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

static int report_duplicate(struct divider *divider, const struct directive_line *line,
			    const struct section *section)
{
	static const char *const messages[] = {
		[DIRECTIVE_UP] = "a second up section",
		[DIRECTIVE_DOWN] = "a second down section",
		[DIRECTIVE_SAMPLE] = "a second sample section",
	};

	report_line(divider, line, "duplicate-section", messages[line->kind], "");
	diagnostic_help(divider->diag, "the first one is on line %u: put the statements together",
			line_of(divider, section->offset));
	return -1;
}

/* Opens the section of a directive; it lasts up to `end`. */
static int open_section(struct divider *divider, const struct directive_line *line, uint32_t end)
{
	enum source_role role = divider->source->role;
	bool up = line->kind == DIRECTIVE_UP;
	bool down = line->kind == DIRECTIVE_DOWN;
	struct section *section = up	 ? &divider->part->up
				  : down ? &divider->part->down
					 : &divider->part->sample;

	if (section->present)
		return report_duplicate(divider, line, section);
	if (role == SOURCE_DOWN && !up && !down)
		return report_line(divider, line, "wrong-section",
				   "a sample section in a down file",
				   "move it to the file that ends in up.sql");
	if (role == SOURCE_UP && down)
		return report_line(divider, line, "wrong-section", "a down section in an up file",
				   "move it to the file that ends in down.sql");
	if (role == SOURCE_DOWN && up)
		return report_line(divider, line, "wrong-section", "an up section in a down file",
				   "move it to the file that ends in up.sql");
	fill(divider, section, line->token.offset, end);
	section->settings = line->settings;
	if (!up && line->settings.requirements)
		return report_line(divider, line, "bad-setting",
				   "requires says when an up may run, and this is a down",
				   "move it to the line -- migrate:up");
	return 0;
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
	if (down->count)
		return report_section(
			divider, down, "irreversible",
			"this section has statements and says that there is no way back",
			"delete the statements, or irreversible");
	up->settings.irreversible = down->settings.irreversible;
	down->present = false;
	return 0;
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

/* The section in which a comment stands; what stands before the first belongs to the first. */
static struct section *section_at(const struct divider *divider, uint32_t offset)
{
	struct section *up = &divider->part->up;
	struct section *down = &divider->part->down;
	struct section *first =
		!down->present || (up->present && up->offset < down->offset) ? up : down;
	struct section *second = first == up ? down : up;

	return second->present && second->offset <= offset ? second : first;
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

int directive(const struct source *source, const struct statements *statements,
	      enum database database, struct arena *arena, struct part *part,
	      struct diagnostics *diag)
{
	struct divider divider = { .source = source,
				   .statements = statements,
				   .database = database,
				   .arena = arena,
				   .part = part,
				   .diag = diag };

	part->source = source;
	if (read_lines(&divider) || open_sections(&divider) || check_pair(&divider))
		return -1;
	if (refuse_parameters(&divider))
		return -1;
	if (settle(&divider, &part->up) | settle(&divider, &part->down) |
	    settle(&divider, &part->sample))
		return -1;
	hand_out_allowances(&divider, &part->up);
	hand_out_allowances(&divider, &part->down);
	return 0;
}
