/*
 * The settings of a directive: key:value pairs behind `migrate:up` or `migrate:down`.
 *
 * Every mistake is reported where it stands: a key that does not exist, a value that means nothing,
 * a setting given twice, words that are no setting at all.
 */
#include "directive_line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "support/arena.h"
#include "support/text.h"

/* One key:value pair; the value's quotes are gone. */
struct pair {
	const char *key;
	const char *value;
	const char *at; /* in the source's text */
	uint32_t length;
};

/* What a reader says about a value. */
enum verdict {
	VALUE_TAKEN,
	VALUE_BAD,
	VALUE_UNSUPPORTED,
};

struct outcome {
	struct settings *settings;
	const char *reason;
	bool shadow_off;
	struct arena *arena;
	uint32_t offset; /* of the pair at hand, in the source's text */
	uint32_t length;
};

static enum verdict read_transaction(const char *value, struct outcome *out)
{
	static const struct {
		const char *word;
		enum transaction_setting setting;
	} words[] = { { "auto", TRANSACTION_AUTO },
		      { "on", TRANSACTION_ON },
		      { "off", TRANSACTION_OFF },
		      { "true", TRANSACTION_ON },
		      { "false", TRANSACTION_OFF } };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(value, words[i].word) == 0) {
			out->settings->transaction = words[i].setting;
			return VALUE_TAKEN;
		}
	}
	return VALUE_BAD;
}

static enum verdict read_duration(const char *value, uint32_t *milliseconds)
{
	static const struct {
		const char *unit;
		uint64_t milliseconds;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "h", 3600000 } };
	uint64_t number = 0;

	if (*value < '0' || *value > '9')
		return VALUE_BAD;
	for (; *value >= '0' && *value <= '9'; value++)
		if ((number = number * 10 + (uint64_t)(*value - '0')) > UINT32_MAX)
			return VALUE_BAD;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(value, units[i].unit) == 0) {
			number *= units[i].milliseconds;
			*milliseconds = (uint32_t)number;
			return number && number <= UINT32_MAX ? VALUE_TAKEN : VALUE_BAD;
		}
	}
	return VALUE_BAD;
}

static enum verdict read_lock_timeout(const char *value, struct outcome *out)
{
	return read_duration(value, &out->settings->lock_timeout_ms);
}

static enum verdict read_statement_timeout(const char *value, struct outcome *out)
{
	return read_duration(value, &out->settings->statement_timeout_ms);
}

static enum verdict read_allow(const char *value, struct outcome *out)
{
	out->settings->allow_data_loss = strcmp(value, "data-loss") == 0;
	return out->settings->allow_data_loss ? VALUE_TAKEN : VALUE_BAD;
}

static enum verdict read_irreversible(const char *value, struct outcome *out)
{
	out->settings->irreversible = value;
	return VALUE_TAKEN;
}

static enum verdict read_shadow(const char *value, struct outcome *out)
{
	out->shadow_off = strcmp(value, "off") == 0;
	return out->shadow_off ? VALUE_TAKEN : VALUE_BAD;
}

static enum verdict read_reason(const char *value, struct outcome *out)
{
	out->reason = value;
	return VALUE_TAKEN;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "primary/0005" at `*cursor`, which moves behind it, as "primary/5"; NULL when it is none. */
static const char *take_requirement(const char **cursor, struct arena *arena)
{
	const char *name = *cursor;
	const char *slash = name;
	int64_t version;
	char *end;

	while (is_letter(*slash) || (slash > name && is_digit(*slash)))
		slash++;
	if (slash == name || *slash != '/' || !is_digit(slash[1]))
		return NULL;
	errno = 0;
	version = strtoimax(slash + 1, &end, 10);
	if (errno || (*end && *end != ' '))
		return NULL;
	*cursor = end;
	return arena_format(arena, "%.*s/%" PRId64, (int)(slash - name), name, version);
}

/* One after another, as migrations.h has them. */
static enum verdict read_requires(const char *value, struct outcome *out)
{
	const char *all = "";

	while (*(value += strspn(value, " "))) {
		const char *one = take_requirement(&value, out->arena);

		if (!one)
			return VALUE_BAD;
		all = arena_format(out->arena, "%s%s%s", all, *all ? " " : "", one);
	}
	if (!*all)
		return VALUE_BAD;
	out->settings->requirements = all;
	out->settings->requirements_offset = out->offset;
	out->settings->requirements_length = out->length;
	return VALUE_TAKEN;
}

static enum verdict read_call(const char *value, struct outcome *out)
{
	(void)value;
	(void)out;
	return VALUE_UNSUPPORTED;
}

/* Key, reader, how it is written. */
#define SETTINGS(X)                                                                               \
	X("transaction", read_transaction, "transaction:auto, transaction:on or transaction:off") \
	X("lock-timeout", read_lock_timeout, "lock-timeout:5s; units are ms, s, min and h")       \
	X("statement-timeout", read_statement_timeout,                                            \
	  "statement-timeout:10min; units are ms, s, min and h")                                  \
	X("allow", read_allow, "allow:data-loss")                                                 \
	X("irreversible", read_irreversible, "irreversible:\"why there is no way back\"")         \
	X("shadow", read_shadow, "shadow:off reason:\"why it cannot run at build time\"")         \
	X("reason", read_reason, "shadow:off reason:\"why it cannot run at build time\"")         \
	X("requires", read_requires,                                                              \
	  "requires:primary/5, or several as requires:\"primary/5 audit/2\"")                     \
	X("call", read_call, "call:function")

#define SETTING_KEY(key, read, form) key,
static const char *const keys[] = { SETTINGS(SETTING_KEY) };
#undef SETTING_KEY

#define SETTING_FORM(key, read, form) form,
static const char *const forms[] = { SETTINGS(SETTING_FORM) };
#undef SETTING_FORM

#define SETTING_READER(key, read, form) read,
static enum verdict (*const readers[])(const char *,
				       struct outcome *) = { SETTINGS(SETTING_READER) };
#undef SETTING_READER

#define SETTING_COUNT (sizeof(keys) / sizeof(*keys))

struct reader {
	const struct source *source;
	const char *cursor;
	const char *end;
	struct arena *arena;
	struct diagnostics *diag;
	bool seen[SETTING_COUNT];
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

static int report_unknown(struct reader *reader, const struct pair *pair)
{
	const char *nearest = text_nearest(pair->key, keys, SETTING_COUNT);
	const char *message = arena_format(reader->arena, "there is no setting \"%s\"", pair->key);

	report(reader, "unknown-setting", pair->at, pair->at + strlen(pair->key), message);
	if (nearest)
		diagnostic_help(reader->diag, "did you mean %s?", nearest);
	else
		diagnostic_help(reader->diag, "settings are transaction, lock-timeout, "
					      "statement-timeout, allow, irreversible, shadow "
					      "and requires");
	return -1;
}

static int report_value(struct reader *reader, const struct pair *pair, size_t setting)
{
	const char *message = *pair->value
				      ? arena_format(reader->arena, "\"%s\" means nothing to %s",
						     pair->value, pair->key)
				      : arena_format(reader->arena, "%s has no value", pair->key);

	report(reader, "bad-setting", pair->at, pair->at + pair->length, message);
	diagnostic_help(reader->diag, "write %s", forms[setting]);
	return -1;
}

static int apply(struct reader *reader, const struct pair *pair)
{
	size_t i = 0;
	enum verdict verdict;

	while (i < SETTING_COUNT && strcmp(keys[i], pair->key) != 0)
		i++;
	if (i == SETTING_COUNT)
		return report_unknown(reader, pair);
	if (reader->seen[i]) {
		report(reader, "duplicate-setting", pair->at, pair->at + pair->length,
		       arena_format(reader->arena, "%s is set twice", pair->key));
		diagnostic_help(reader->diag, "delete one of them");
		return -1;
	}
	reader->seen[i] = true;
	reader->outcome.offset = (uint32_t)(pair->at - reader->source->text);
	reader->outcome.length = pair->length;
	verdict = *pair->value ? readers[i](pair->value, &reader->outcome) : VALUE_BAD;
	if (verdict == VALUE_BAD)
		return report_value(reader, pair, i);
	if (verdict == VALUE_TAKEN)
		return 0;
	report(reader, "unsupported-setting", pair->at, pair->at + pair->length,
	       "a migration written in C is not supported yet");
	diagnostic_help(reader->diag, "write the change in SQL");
	return -1;
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

int directive_settings_read(const struct source *source, const char *text, const char *end,
			    struct arena *arena, struct settings *settings,
			    struct diagnostics *diag)
{
	struct reader reader = { .source = source,
				 .cursor = text,
				 .end = end,
				 .arena = arena,
				 .diag = diag,
				 .outcome = { .settings = settings, .arena = arena } };
	const char *start;
	struct pair pair;
	int rc = 0;

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
