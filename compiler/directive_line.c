/*
 * One comment line that may be a directive.
 *
 * A comment that was meant as a directive and is not one would turn a down section into a part of
 * the up without a word. So whatever comes near one is refused with the right spelling: another
 * case, blanks around the colon, a typing error, the marker of another tool, the directives of
 * another kind of file. Prose stays prose.
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

/* The directives of one kind of file. */
struct family {
	const char *marker;
	const char *alias; /* what it is taken for */
	const char *names[4];
	enum directive_kind kinds[4];
	size_t count;
	size_t listed;	       /* how many of them help names where it cannot guess */
	const char *elsewhere; /* where they stand */
	const char *remedy;    /* what to do with one in another file */
};

static const struct family migrate = {
	"migrate",
	"migration",
	{ "up", "down", "sample" },
	{ DIRECTIVE_UP, DIRECTIVE_DOWN, DIRECTIVE_SAMPLE },
	3,
	2,
	"stands in migrations, and this is a fix",
	"write -- fix:execute for what it does, and -- fix:undo for the way back",
};

static const struct family fix = {
	"fix",
	"fixes",
	{ "should-run", "execute", "undo", "given" },
	{ DIRECTIVE_GUARD, DIRECTIVE_EXECUTE, DIRECTIVE_UNDO, DIRECTIVE_GIVEN },
	4,
	4,
	"stands in the files of the folder fixes/, and this is none",
	"move the file to fixes/, beside the migrations; a migration has -- migrate:up",
};

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

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* True when the letters and digits of the text are those of the words, one after the other. */
static bool is_spelt(struct span text, const char *first, const char *second)
{
	size_t i = 0;

	for (const char *word = first; word; word = word == first ? second : NULL) {
		for (const char *c = word; *c; c++) {
			if (!is_letter(*c))
				continue;
			while (i < text.length && !is_letter(text.text[i]))
				i++;
			if (i == text.length || !text_is(&text.text[i++], 1, (char[]){ *c, '\0' }))
				return false;
		}
	}
	while (i < text.length && !is_letter(text.text[i]))
		i++;
	return i == text.length;
}

/* The place of a name among those of the family, "should_run" and "ShouldRun" too, or its count. */
static size_t place_of(const struct family *family, struct span name)
{
	size_t i = 0;

	while (i < family->count && !is_spelt(name, "", family->names[i]))
		i++;
	return i;
}

static bool is_named(const struct family *family, const struct shape *shape)
{
	return place_of(family, shape->name) < family->count;
}

/* "migrate up", "@migrate-down": its letters are those of a directive, the colon was left out. */
static bool is_without_colon(const struct family *family, const struct shape *shape)
{
	const struct span text = { shape->marker.text, (size_t)(shape->end - shape->marker.text) };

	if (shape->marker.length && shape->marker.text[0] == '-')
		return false; /* "-- -- migrate:down" was commented out */
	for (size_t i = 0; i < family->count; i++) {
		if (is_spelt(text, family->marker, family->names[i]))
			return true;
	}
	return false;
}

/* "migrate:upp", "migrat:up", "migration:down", "Migrate: Up", "fix: should_run" */
static bool is_misspelt(const struct family *family, const struct shape *shape, struct arena *arena)
{
	if (!shape->name.length)
		return false;
	if (is(shape->marker, family->marker) && !shape->loose)
		return true;
	if (!is_named(family, shape) || !has_settings(shape))
		return false;
	return is(shape->marker, family->alias) ||
	       nearest(shape->marker, &family->marker, 1, arena);
}

/* "+goose Up", "+migrate Down": markers of other tools. */
static bool is_foreign(const struct shape *shape)
{
	struct span name = take_word(skip_blanks(shape->rest, shape->end), shape->end);

	return shape->marker.length > 1 && shape->marker.text[0] == '+' && !shape->name.length &&
	       (is(name, "up") || is(name, "down") || is(name, "StatementBegin") ||
		is(name, "StatementEnd"));
}

/* A directive of another kind of file; "fix: given the above" is prose. */
static bool is_elsewhere(const struct family *other, const struct shape *shape, struct arena *arena)
{
	if (!is(shape->marker, other->marker) && !is(shape->marker, other->alias))
		return false;
	if (is_named(other, shape))
		return !shape->loose || has_settings(shape);
	return !shape->loose && shape->name.length && has_settings(shape) &&
	       nearest(shape->name, other->names, other->count, arena);
}

static void report_word(struct directive_file *file, struct token token, const struct shape *shape,
			const char *rule, const char *what)
{
	int length = (int)(shape->end - shape->marker.text);

	if (shape->name.length)
		length = (int)(shape->name.text + shape->name.length - shape->marker.text);
	diagnostic_at(file->diag, SEVERITY_ERROR, rule, file->source, token.offset, token.length,
		      "\"%.*s\" %s", length, shape->marker.text, what);
}

/* "-- fix:should-run, -- fix:execute or -- fix:undo" */
static const char *list_names(const struct family *family, struct arena *arena)
{
	const char *list = "";

	for (size_t i = 0; i < family->listed; i++)
		list = arena_format(arena, "%s%s-- %s:%s", list,
				    i == 0		      ? ""
				    : i + 1 == family->listed ? " or "
							      : ", ",
				    family->marker, family->names[i]);
	return list;
}

static int report_directive(const struct family *family, struct directive_file *file,
			    struct token token, const struct shape *shape)
{
	const char *name = nearest(shape->name, family->names, family->count, file->arena);

	report_word(file, token, shape, "unknown-directive", "is not a directive");
	if (name)
		diagnostic_help(file->diag, "write -- %s:%s", family->marker, name);
	else
		diagnostic_help(file->diag, "write %s%s", list_names(family, file->arena),
				family == &migrate ? "; triggers need no mark" : "");
	return -1;
}

/* "bobolink:alow", "bobolink: allow"; "bobolink: see the manual" is prose. */
static bool is_misspelt_allow(const struct shape *shape)
{
	return is(shape->marker, "bobolink") && shape->name.length &&
	       (!shape->loose || is(shape->name, "allow"));
}

static int read_allow(struct directive_file *file, const struct shape *shape,
		      struct directive_line *line)
{
	struct span rule = take_word(skip_blanks(shape->rest, shape->end), shape->end);
	const char *reason = skip_blanks(rule.text + rule.length, shape->end);
	const char *end = shape->end;

	while (end > reason && is_blank(end[-1]))
		end--;
	if (rule.length && reason < end) {
		line->kind = DIRECTIVE_ALLOW;
		line->allowance.rule = arena_copy(file->arena, rule.text, rule.length);
		line->allowance.reason = arena_copy(file->arena, reason, (size_t)(end - reason));
		line->allowance.offset = line->token.offset;
		return 0;
	}
	diagnostic_at(file->diag, SEVERITY_ERROR, "allow-reason", file->source, line->token.offset,
		      line->token.length,
		      rule.length ? "an allowance needs a reason"
				  : "an allowance needs a rule and a reason");
	diagnostic_help(file->diag, "write -- bobolink:allow %.*s why it is right here",
			rule.length ? (int)rule.length : 4, rule.length ? rule.text : "RULE");
	return -1;
}

/* Sections of rows, which nobody runs but the compiler. */
static int read_bare(struct directive_file *file, const struct shape *shape, const char *name)
{
	const char *rest = skip_blanks(shape->rest, shape->end);

	if (rest == shape->end)
		return 0;
	diagnostic_at(file->diag, SEVERITY_ERROR, "bad-setting", file->source,
		      (uint32_t)(rest - file->source->text), (uint32_t)(shape->end - rest),
		      "a %s section has no settings", name);
	diagnostic_help(file->diag, "delete what stands behind %.*s:%s", (int)shape->marker.length,
			shape->marker.text, name);
	return -1;
}

static int read_section(const struct family *family, struct directive_file *file,
			const struct shape *shape, struct directive_line *line)
{
	uint32_t offset = line->token.offset;
	size_t place = place_of(family, shape->name);

	if (offset > 0 && file->source->text[offset - 1] != '\n') {
		diagnostic_at(file->diag, SEVERITY_ERROR, "misplaced-directive", file->source,
			      offset, line->token.length, "a directive begins its line");
		diagnostic_help(file->diag, "move it to the start of a line of its own");
		return -1;
	}
	line->kind = family->kinds[place];
	if (line->kind == DIRECTIVE_SAMPLE || line->kind == DIRECTIVE_GIVEN)
		return read_bare(file, shape, family->names[place]);
	return directive_settings_read(file, shape->rest, shape->end, line);
}

static bool is_section(const struct family *family, const struct shape *shape)
{
	size_t place = place_of(family, shape->name);

	return is_exactly(shape->marker, family->marker) && !shape->loose &&
	       place < family->count && is_exactly(shape->name, family->names[place]);
}

/* Nothing but settings: `-- after:0003`, `-- after:"3 4" attempts:5`. "-- when: at night" is prose. */
static bool is_setting(const struct directive_file *file, struct token token,
		       const struct shape *shape)
{
	const char *value = shape->name.text;
	const char *stop = value;
	struct shape behind = { .end = shape->end };
	uint32_t offset = token.offset;

	if (!value || shape->loose || (offset && file->source->text[offset - 1] != '\n') ||
	    !directive_settings_has(file->source->role, shape->marker.text, shape->marker.length))
		return false;
	if (stop < shape->end && *stop == '"')
		stop = memchr(stop + 1, '"', (size_t)(shape->end - stop - 1));
	while (stop && stop < shape->end && !is_blank(*stop))
		stop++;
	behind.rest = stop;
	return stop && stop > value && has_settings(&behind);
}

static int report_setting(struct directive_file *file, struct token token,
			  const struct shape *shape)
{
	bool is_fix = file->source->role == SOURCE_FIX;

	diagnostic_at(file->diag, SEVERITY_ERROR, "misplaced-setting", file->source, token.offset,
		      token.length, "%.*s on a line of its own is a comment, and sets nothing",
		      (int)shape->marker.length, shape->marker.text);
	diagnostic_help(file->diag, "write it behind %s, on the same line",
			!is_fix ? "-- migrate:up"
			: is_exactly(shape->marker, "call")
				? "-- fix:execute or -- fix:undo"
				: "-- fix:should-run or -- fix:execute");
	return -1;
}

int directive_line_read(struct directive_file *file, struct token token,
			struct directive_line *line)
{
	const char *text = file->source->text + token.offset;
	struct shape shape = take_apart(text, text + token.length);
	bool is_fix = file->source->role == SOURCE_FIX;
	const struct family *own = is_fix ? &fix : &migrate;
	const struct family *other = is_fix ? &migrate : &fix;

	memset(line, 0, sizeof(*line));
	line->token = token;
	if (is_section(own, &shape))
		return read_section(own, file, &shape, line);
	if (is_exactly(shape.marker, "bobolink") && !shape.loose && is_exactly(shape.name, "allow"))
		return read_allow(file, &shape, line);
	if (is_misspelt_allow(&shape)) {
		report_word(file, token, &shape, "unknown-directive", "is not a directive");
		diagnostic_help(file->diag, "write -- bobolink:allow RULE reason");
		return -1;
	}
	if (is_elsewhere(other, &shape, file->arena)) {
		report_word(file, token, &shape, "misplaced-directive", other->elsewhere);
		diagnostic_help(file->diag, "%s", other->remedy);
		return -1;
	}
	if (is_foreign(&shape) || is_without_colon(own, &shape) ||
	    is_misspelt(own, &shape, file->arena))
		return report_directive(own, file, token, &shape);
	return is_setting(file, token, &shape) ? report_setting(file, token, &shape) : 0;
}
