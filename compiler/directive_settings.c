/*
 * The settings of a directive: key:value pairs behind `migrate:up`, `fix:execute` and their like.
 *
 * Every mistake is reported where it stands: a key that does not exist, one that belongs to another
 * section, a value that means nothing, a setting given twice, words that are no setting at all.
 */
#include "directive_line.h"

#include <string.h>

#include "directive_values.h"
#include "support/arena.h"
#include "support/text.h"

/* One key:value pair; the value's quotes are gone. */
struct pair {
	const char *key;
	const char *value;
	const char *at; /* in the source's text */
	uint32_t length;
};

/* The sections that a setting can stand on, and whether it is one of the script as a whole. */
#define ON_UP	      0x1u
#define ON_DOWN	      0x2u
#define ON_REPEATABLE 0x4u
#define ON_GUARD      0x8u
#define ON_EXECUTE    0x10u
#define ON_UNDO	      0x20u
#define OF_SCRIPT     0x40u
#define ON_FIX	      (ON_GUARD | ON_EXECUTE | OF_SCRIPT)
#define ON_MIGRATION  (ON_UP | ON_DOWN)
#define ON_EVERY      (ON_MIGRATION | ON_REPEATABLE | ON_EXECUTE | ON_UNDO)

/* Key, reader, where it stands, how it is written. */
#define SETTINGS(X)                                                                               \
	X("transaction", value_transaction, ON_MIGRATION,                                         \
	  "transaction:auto, transaction:on or transaction:off")                                  \
	X("lock-timeout", value_lock_timeout, ON_EVERY,                                           \
	  "lock-timeout:5s; units are ms, s, min and h")                                          \
	X("statement-timeout", value_statement_timeout, ON_EVERY,                                 \
	  "statement-timeout:10min; units are ms, s, min and h")                                  \
	X("allow", value_allow, ON_EVERY, "allow:data-loss")                                      \
	X("irreversible", value_irreversible, ON_MIGRATION,                                       \
	  "irreversible:\"why there is no way back\"")                                            \
	X("shadow", value_shadow, ON_EVERY & ~ON_UNDO,                                            \
	  "shadow:off reason:\"why it cannot run at build time\"")                                \
	X("reason", value_reason, ON_EVERY & ~ON_UNDO,                                            \
	  "shadow:off reason:\"why it cannot run at build time\"")                                \
	X("requires", value_requirements, ON_UP,                                                  \
	  "requires:primary/5, or several as requires:\"primary/5 audit/2\"")                     \
	X("call", value_call, ON_MIGRATION | ON_EXECUTE | ON_UNDO,                                \
	  "call:function, the name of a function of the program")                                 \
	X("only", value_only, ON_UP, "only:development, or several as only:\"development test\"") \
	X("except", value_except, ON_UP,                                                          \
	  "except:production, or several as except:\"production staging\"")                       \
	X("after", value_after_names, ON_REPEATABLE | OF_SCRIPT,                                  \
	  "after:orders_view, or several as after:\"orders_view totals\"")                        \
	X("after", value_after_fixes, ON_FIX,                                                     \
	  "after:0003, the number of a fix, or several as after:\"3 4\"")                         \
	X("requires", value_required, ON_FIX, "requires:0005, the version of a migration")        \
	X("when", value_when, ON_FIX, "when:before or when:after: the migrations")                \
	X("not-before", value_not_before, ON_FIX,                                                 \
	  "not-before:2026-12-01T00:00:00Z, a day and a time in UTC")                             \
	X("not-after", value_not_after, ON_FIX,                                                   \
	  "not-after:2026-12-31T23:59:59Z, a day and a time in UTC")                              \
	X("window", value_window, ON_FIX, "window:02:00-04:00, in UTC; it may cross midnight")    \
	X("attempts", value_attempts, ON_FIX, "attempts:5, how many of them may fail")            \
	X("repeat", value_repeat, ON_FIX, "repeat:always")

#define SETTING_KEY(key, read, places, form) key,
static const char *const keys[] = { SETTINGS(SETTING_KEY) };
#undef SETTING_KEY

#define SETTING_FORM(key, read, places, form) form,
static const char *const forms[] = { SETTINGS(SETTING_FORM) };
#undef SETTING_FORM

#define SETTING_PLACES(key, read, places, form) places,
static const uint32_t places[] = { SETTINGS(SETTING_PLACES) };
#undef SETTING_PLACES

#define SETTING_READER(key, read, places, form) read,
static bool (*const readers[])(const char *, struct outcome *) = { SETTINGS(SETTING_READER) };
#undef SETTING_READER

#define SETTING_COUNT (sizeof(keys) / sizeof(*keys))

/* In the order of their bits. */
static const char *const place_names[] = {
	"-- migrate:up",     "-- migrate:down", "-- migrate:up of a repeatable",
	"-- fix:should-run", "-- fix:execute",	"-- fix:undo"
};

#define PLACE_COUNT (sizeof(place_names) / sizeof(*place_names))

struct reader {
	struct directive_file *file;
	const struct source *source;
	const char *cursor;
	const char *end;
	struct arena *arena;
	struct diagnostics *diag;
	uint32_t place; /* the bit of the line */
	struct directive_span seen[SETTING_COUNT];
	struct outcome outcome;
};

static void report(struct reader *reader, const char *rule, const char *at, const char *end,
		   const char *message)
{
	diagnostic_at(reader->diag, SEVERITY_ERROR, rule, reader->source,
		      (uint32_t)(at - reader->source->text), (uint32_t)(end - at), "%s", message);
}

static void skip_blanks(struct reader *reader)
{
	while (reader->cursor < reader->end && strchr(" \t\f\v\r", *reader->cursor))
		reader->cursor++;
}

static const char *word_end(const struct reader *reader, const char *from)
{
	while (from < reader->end && !strchr(" \t\f\v\r", *from))
		from++;
	return from;
}

/*
 * The text after the opening quote at the cursor, which moves behind the closing one. NULL: never
 * closed.
 */
static const char *take_quoted(struct reader *reader)
{
	char *text = arena_alloc(reader->arena, (size_t)(reader->end - reader->cursor), 1);
	size_t length = 0;

	for (reader->cursor++; reader->cursor < reader->end; reader->cursor++) {
		if (*reader->cursor == '"') {
			reader->cursor++;
			return text;
		}
		if (*reader->cursor == '\\' && reader->cursor + 1 < reader->end &&
		    (reader->cursor[1] == '"' || reader->cursor[1] == '\\'))
			reader->cursor++;
		text[length++] = *reader->cursor;
	}
	return NULL;
}

static const char *take_value(struct reader *reader)
{
	const char *start = reader->cursor;
	const char *value;

	if (start == reader->end || *start != '"') {
		reader->cursor = word_end(reader, start);
		return arena_copy(reader->arena, start, (size_t)(reader->cursor - start));
	}
	value = take_quoted(reader);
	if (value && word_end(reader, reader->cursor) == reader->cursor)
		return value;
	report(reader, "bad-setting", start, value ? reader->cursor : start + 1,
	       value ? "a blank is missing after this value" : "this value is never closed");
	diagnostic_help(reader->diag, "write key:\"value\", and a quote inside it as \\\"");
	return NULL;
}

/* The pair at the cursor, which moves behind it. Returns 0, or -1 after an error. */
static int take_pair(struct reader *reader, struct pair *pair)
{
	const char *start = reader->cursor;
	const char *end = word_end(reader, start);
	const char *colon = memchr(start, ':', (size_t)(end - start));

	if (!colon || colon == start) {
		report(reader, "bad-setting", start, end,
		       "this is no setting, and nothing else may follow the directive");
		diagnostic_help(reader->diag,
				"write settings as key:value without blanks, like "
				"transaction:off, and comments on a line of their own");
		return -1;
	}
	reader->cursor = colon + 1;
	pair->at = start;
	pair->key = arena_copy(reader->arena, start, (size_t)(colon - start));
	pair->value = take_value(reader);
	pair->length = (uint32_t)(reader->cursor - start);
	return pair->value ? 0 : -1;
}

/* "a, b and c" of the words, with the last `join`. */
static const char *list(const char *const *words, size_t count, const char *join,
			struct arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = arena_format(arena, "%s%s%s", text,
				    i == 0	     ? ""
				    : i + 1 == count ? join
						     : ", ",
				    words[i]);
	return text;
}

/* The keys that may stand on this line. */
static size_t own_keys(const struct reader *reader, const char **own)
{
	size_t count = 0;

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		if (places[i] & reader->place)
			own[count++] = keys[i];
	}
	return count;
}

static int report_unknown(struct reader *reader, const struct pair *pair)
{
	const char *own[SETTING_COUNT];
	size_t count = own_keys(reader, own);
	const char *nearest = text_nearest(pair->key, own, count);
	const char *message = arena_format(reader->arena, "there is no setting \"%s\"", pair->key);

	report(reader, "unknown-setting", pair->at, pair->at + strlen(pair->key), message);
	if (!nearest)
		nearest = text_nearest(pair->key, keys, SETTING_COUNT);
	if (nearest)
		diagnostic_help(reader->diag, "did you mean %s?", nearest);
	else
		diagnostic_help(reader->diag, "settings are %s",
				list(own, count, " and ", reader->arena));
	return -1;
}

/* A setting that exists, on a line where it does not belong. */
static int report_place(struct reader *reader, const struct pair *pair)
{
	const char *names[PLACE_COUNT];
	const char *here = "";
	uint32_t all = 0;
	size_t count = 0;

	for (size_t i = 0; i < SETTING_COUNT; i++)
		all |= strcmp(keys[i], pair->key) == 0 ? places[i] : 0;
	for (size_t i = 0; i < PLACE_COUNT; i++) {
		if (reader->place == 1u << i)
			here = place_names[i];
		if ((all & 1u << i) && !(1u << i == ON_REPEATABLE && (all & ON_UP)))
			names[count++] = place_names[i];
	}
	/* The same words stand in both. */
	if (reader->place == ON_REPEATABLE && count && (all & ON_UP))
		names[0] = "-- migrate:up of a migration";
	report(reader, "misplaced-setting", pair->at, pair->at + pair->length,
	       arena_format(reader->arena, "%s does not belong on %s", pair->key, here));
	diagnostic_help(reader->diag, "it belongs on %s",
			list(names, count, " or ", reader->arena));
	return -1;
}

static int report_value(struct reader *reader, const struct pair *pair, size_t setting)
{
	const char *message = arena_format(reader->arena, "%s has no value", pair->key);

	if (*pair->value && reader->outcome.fault)
		message = reader->outcome.fault;
	else if (*pair->value)
		message = arena_format(reader->arena, "\"%s\" means nothing to %s", pair->value,
				       pair->key);
	report(reader, "bad-setting", pair->at, pair->at + pair->length, message);
	diagnostic_help(reader->diag, "write %s", forms[setting]);
	return -1;
}

static int report_twice(struct reader *reader, const struct pair *pair,
			const struct directive_span *first)
{
	uint32_t here;
	uint32_t line;
	uint32_t column;

	report(reader, "duplicate-setting", pair->at, pair->at + pair->length,
	       arena_format(reader->arena, "%s is set twice", pair->key));
	diagnostic_position(reader->source, (uint32_t)(pair->at - reader->source->text), &here,
			    &column);
	diagnostic_position(reader->source, first->offset, &line, &column);
	if (line == here)
		diagnostic_help(reader->diag, "delete one of them");
	else
		diagnostic_help(reader->diag, "delete one of them; the other is on line %u", line);
	return -1;
}

/* The row of the table for this key on this line; SETTING_COUNT when there is none. */
static size_t find_setting(const struct reader *reader, const char *key, bool *known)
{
	*known = false;
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		if (strcmp(keys[i], key) != 0)
			continue;
		*known = true;
		if (places[i] & reader->place)
			return i;
	}
	return SETTING_COUNT;
}

/* What two settings say together, as soon as the second one is read. */
static int check_together(struct reader *reader, const struct pair *pair)
{
	const struct settings *own = reader->outcome.settings;
	const struct settings *whole = &reader->file->whole;
	const char *message = NULL;

	if (own->only && own->except)
		message = "only and except exclude each other";
	else if (whole->has_not_before && whole->has_not_after &&
		 whole->not_before >= whole->not_after && strncmp(pair->key, "not-", 4) == 0)
		message = "not-after is not later than not-before: this could never run";
	if (!message)
		return 0;
	report(reader, "bad-setting", pair->at, pair->at + pair->length, message);
	diagnostic_help(reader->diag, own->only ? "delete one of them"
						: "write two times, the earlier one in not-before");
	return -1;
}

static int apply(struct reader *reader, const struct pair *pair)
{
	struct settings *own = reader->outcome.settings;
	struct directive_span *seen;
	bool known;
	bool taken;
	size_t i = find_setting(reader, pair->key, &known);

	if (i == SETTING_COUNT)
		return known ? report_place(reader, pair) : report_unknown(reader, pair);
	seen = places[i] & OF_SCRIPT ? &reader->file->seen[i] : &reader->seen[i];
	if (seen->length)
		return report_twice(reader, pair, seen);
	*seen = (struct directive_span){ (uint32_t)(pair->at - reader->source->text),
					 pair->length };
	reader->outcome.offset = seen->offset;
	reader->outcome.length = seen->length;
	reader->outcome.fault = NULL;
	if (places[i] & OF_SCRIPT)
		reader->outcome.settings = &reader->file->whole;
	taken = *pair->value && readers[i](pair->value, &reader->outcome);
	reader->outcome.settings = own;
	return taken ? check_together(reader, pair) : report_value(reader, pair, i);
}

/* shadow:off and reason:"…" belong together. */
static int join_shadow(struct reader *reader, const char *start)
{
	struct outcome *outcome = &reader->outcome;

	if (outcome->shadow_off == (outcome->reason != NULL)) {
		outcome->settings->shadow_off = outcome->reason;
		return 0;
	}
	report(reader, "bad-setting", start, reader->end,
	       outcome->reason ? "a reason without shadow:off" : "shadow:off needs a reason");
	diagnostic_help(reader->diag,
			"write shadow:off reason:\"why it cannot run at build time\"");
	return -1;
}

/* The bit of the line that is read. */
static uint32_t place_of(const struct source *source, enum directive_kind kind)
{
	switch (kind) {
	case DIRECTIVE_DOWN:
		return ON_DOWN;
	case DIRECTIVE_GUARD:
		return ON_GUARD;
	case DIRECTIVE_EXECUTE:
		return ON_EXECUTE;
	case DIRECTIVE_UNDO:
		return ON_UNDO;
	default:
		return source->role == SOURCE_REPEATABLE ? ON_REPEATABLE : ON_UP;
	}
}

int directive_settings_read(struct directive_file *file, const char *text, const char *end,
			    struct directive_line *line)
{
	struct reader reader = { .file = file,
				 .source = file->source,
				 .cursor = text,
				 .end = end,
				 .arena = file->arena,
				 .diag = file->diag,
				 .place = place_of(file->source, line->kind),
				 .outcome = { .settings = &line->settings, .arena = file->arena } };
	const char *start;
	struct pair pair;
	int rc = 0;

	if (!file->seen)
		file->seen = arena_alloc(file->arena, SETTING_COUNT, sizeof(*file->seen));
	skip_blanks(&reader);
	start = reader.cursor;
	while (reader.cursor < end) {
		if (take_pair(&reader, &pair))
			return -1;
		rc |= apply(&reader, &pair);
		if (!*pair.value)
			return -1; /* behind a blank it would be taken for another setting */
		skip_blanks(&reader);
	}
	return rc ? rc : join_shadow(&reader, start);
}

bool directive_settings_has(enum source_role role, const char *key, size_t length)
{
	uint32_t own = role == SOURCE_FIX	   ? ON_GUARD | ON_EXECUTE
		       : role == SOURCE_REPEATABLE ? ON_REPEATABLE
						   : 0;

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		if ((places[i] & own) && strlen(keys[i]) == length &&
		    memcmp(keys[i], key, length) == 0)
			return true;
	}
	return false;
}
