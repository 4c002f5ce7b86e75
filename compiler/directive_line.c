/*
 * One comment line that may be a directive.
 *
 * A comment that was meant as a directive and is not one would turn a down section into a part of
 * the up without a word. So whatever comes near one is refused with the right spelling: another
 * case, blanks around the colon, a typing error, the marker of another tool. Prose stays prose.
 */
#include "directive_line.h"

#include <string.h>

#include "support/arena.h"
#include "support/text.h"

struct span {
	const char *text;
	size_t length;
};

/* A comment taken apart: `-- <marker>:<name> <rest>`. */
struct shape {
	struct span marker;
	struct span name; /* empty without a colon */
	bool loose;	  /* blanks around the colon, or more than two dashes */
	const char *rest;
	const char *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\r';
}

static const char *skip_blanks(const char *text, const char *end)
{
	while (text < end && is_blank(*text))
		text++;
	return text;
}

static struct span take_word(const char *text, const char *end)
{
	const char *stop = text;

	while (stop < end && !is_blank(*stop) && *stop != ':')
		stop++;
	return (struct span){ text, (size_t)(stop - text) };
}

static bool is(struct span span, const char *word)
{
	return text_is(span.text, span.length, word);
}

static bool is_exactly(struct span span, const char *word)
{
	return span.length == strlen(word) && memcmp(span.text, word, span.length) == 0;
}

static struct shape take_apart(const char *text, const char *end)
{
	struct shape shape = { .end = end };
	const char *start = text + 2;
	const char *colon;

	while (start < end && *start == '-')
		start++;
	shape.marker = take_word(skip_blanks(start, end), end);
	shape.rest = shape.marker.text + shape.marker.length;
	colon = skip_blanks(shape.rest, end);
	if (colon == end || *colon != ':')
		return shape;
	shape.name = take_word(skip_blanks(colon + 1, end), end);
	shape.loose = start != text + 2 || colon != shape.rest || shape.name.text != colon + 1;
	shape.rest = shape.name.text + shape.name.length;
	return shape;
}

static bool is_direction(struct span span)
{
	return is(span, "up") || is(span, "down");
}

/* Is the rest empty or made of settings? Prose like "migrate: up to 1000 rows" is neither. */
static bool has_settings(const struct shape *shape)
{
	const char *rest = skip_blanks(shape->rest, shape->end);
	struct span key = take_word(rest, shape->end);

	return rest == shape->end ||
	       (key.length && key.text + key.length < shape->end && key.text[key.length] == ':');
}

static const char *nearest(struct span span, const char *const *words, size_t count,
			   struct arena *arena)
{
	return text_nearest(arena_copy(arena, span.text, span.length), words, count);
}

/* "migrate up", "@migrate-down": its letters are those of a directive, the colon was left out. */
static bool is_without_colon(const struct shape *shape)
{
	char letters[12] = "";
	size_t count = 0;

	if (shape->marker.length && shape->marker.text[0] == '-')
		return false; /* "-- -- migrate:down" was commented out */
	for (const char *c = shape->marker.text; c < shape->end; c++) {
		if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z')) {
			if (count == sizeof(letters) - 1)
				return false;
			letters[count++] = *c;
		}
	}
	return text_is(letters, count, "migrateup") || text_is(letters, count, "migratedown");
}

/* "migrate:upp", "migrat:up", "migration:down", "Migrate: Up" */
static bool is_misspelt(const struct shape *shape, struct arena *arena)
{
	static const char *const markers[] = { "migrate" };

	if (!shape->name.length)
		return false;
	if (is(shape->marker, "migrate") && !shape->loose)
		return true;
	if (!is_direction(shape->name) || !has_settings(shape))
		return false;
	return is(shape->marker, "migration") || nearest(shape->marker, markers, 1, arena);
}

/* "+goose Up", "+migrate Down": markers of other tools. */
static bool is_foreign(const struct shape *shape)
{
	struct span name = take_word(skip_blanks(shape->rest, shape->end), shape->end);

	return shape->marker.length > 1 && shape->marker.text[0] == '+' && !shape->name.length &&
	       (is_direction(name) || is(name, "StatementBegin") || is(name, "StatementEnd"));
}

static int report_directive(const struct source *source, struct token token,
			    const struct shape *shape, struct arena *arena,
			    struct diagnostics *diag)
{
	static const char *const names[] = { "up", "down", "sample" };
	const char *name = nearest(shape->name, names, 3, arena);
	int length = (int)(shape->end - shape->marker.text);

	if (shape->name.length)
		length = (int)(shape->name.text + shape->name.length - shape->marker.text);
	diagnostic_at(diag, SEVERITY_ERROR, "unknown-directive", source, token.offset, token.length,
		      "\"%.*s\" is not a directive", length, shape->marker.text);
	if (name)
		diagnostic_help(diag, "write -- migrate:%s", name);
	else
		diagnostic_help(diag,
				"write -- migrate:up or -- migrate:down; triggers need no mark");
	return -1;
}

/* "bobolink:alow", "bobolink: allow"; "bobolink: see the manual" is prose. */
static bool is_misspelt_allow(const struct shape *shape)
{
	return is(shape->marker, "bobolink") && shape->name.length &&
	       (!shape->loose || is(shape->name, "allow"));
}

static int read_allow(const struct source *source, const struct shape *shape, struct arena *arena,
		      struct directive_line *line, struct diagnostics *diag)
{
	struct span rule = take_word(skip_blanks(shape->rest, shape->end), shape->end);
	const char *reason = skip_blanks(rule.text + rule.length, shape->end);
	const char *end = shape->end;

	while (end > reason && is_blank(end[-1]))
		end--;
	if (rule.length && reason < end) {
		line->kind = DIRECTIVE_ALLOW;
		line->allowance.rule = arena_copy(arena, rule.text, rule.length);
		line->allowance.reason = arena_copy(arena, reason, (size_t)(end - reason));
		line->allowance.offset = line->token.offset;
		return 0;
	}
	diagnostic_at(diag, SEVERITY_ERROR, "allow-reason", source, line->token.offset,
		      line->token.length,
		      rule.length ? "an allowance needs a reason"
				  : "an allowance needs a rule and a reason");
	diagnostic_help(diag, "write -- bobolink:allow %.*s why it is right here",
			rule.length ? (int)rule.length : 4, rule.length ? rule.text : "RULE");
	return -1;
}

static int read_sample(const struct source *source, const struct shape *shape,
		       struct directive_line *line, struct diagnostics *diag)
{
	const char *rest = skip_blanks(shape->rest, shape->end);

	line->kind = DIRECTIVE_SAMPLE;
	if (rest == shape->end)
		return 0;
	diagnostic_at(diag, SEVERITY_ERROR, "bad-setting", source, (uint32_t)(rest - source->text),
		      (uint32_t)(shape->end - rest), "a sample section has no settings");
	diagnostic_help(diag, "delete what stands behind migrate:sample");
	return -1;
}

static int read_section(const struct source *source, const struct shape *shape, struct arena *arena,
			struct directive_line *line, struct diagnostics *diag)
{
	uint32_t offset = line->token.offset;

	if (offset > 0 && source->text[offset - 1] != '\n') {
		diagnostic_at(diag, SEVERITY_ERROR, "misplaced-directive", source, offset,
			      line->token.length, "a directive begins its line");
		diagnostic_help(diag, "move it to the start of a line of its own");
		return -1;
	}
	if (is(shape->name, "sample"))
		return read_sample(source, shape, line, diag);
	line->kind = is(shape->name, "up") ? DIRECTIVE_UP : DIRECTIVE_DOWN;
	return directive_settings_read(source, shape->rest, shape->end, arena, &line->settings,
				       diag);
}

int directive_line_read(const struct source *source, struct token token, struct arena *arena,
			struct directive_line *line, struct diagnostics *diag)
{
	const char *text = source->text + token.offset;
	struct shape shape = take_apart(text, text + token.length);

	memset(line, 0, sizeof(*line));
	line->token = token;
	if (is_exactly(shape.marker, "migrate") && !shape.loose &&
	    (is_exactly(shape.name, "up") || is_exactly(shape.name, "down") ||
	     is_exactly(shape.name, "sample")))
		return read_section(source, &shape, arena, line, diag);
	if (is_exactly(shape.marker, "bobolink") && !shape.loose && is_exactly(shape.name, "allow"))
		return read_allow(source, &shape, arena, line, diag);
	if (is_misspelt_allow(&shape)) {
		diagnostic_at(diag, SEVERITY_ERROR, "unknown-directive", source, token.offset,
			      token.length, "\"%.*s\" is not a directive",
			      (int)(shape.name.text + shape.name.length - shape.marker.text),
			      shape.marker.text);
		diagnostic_help(diag, "write -- bobolink:allow RULE reason");
		return -1;
	}
	if (is_foreign(&shape) || is_without_colon(&shape) || is_misspelt(&shape, arena))
		return report_directive(source, token, &shape, arena, diag);
	return 0;
}
