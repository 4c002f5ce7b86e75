/*
 * Naming: 0001_name.sql, 0001_name.up.sql, 0001_name.down.sql, 0001_name/, 2024-05-01-101010_name/.
 *
 * Used where migrations are read and where the next one is named, so that what is made is always
 * accepted.
 */
#include "naming.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "support/text.h"

/* Shortest prefix that is taken for a date, 20240501, and for seconds since 1970. */
#define NAMING_DATE_DIGITS  8
#define NAMING_EPOCH_DIGITS 10

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t count_digits(const char *text)
{
	size_t n = 0;

	while (is_digit(text[n]))
		n++;
	return n;
}

/* 2024-05-01 or 2024-5-1, then any number of -digits. */
static size_t dated_prefix(const char *text)
{
	size_t length = count_digits(text);

	if (length != 4)
		return 0;
	for (int part = 0; part < 2; part++) {
		size_t digits = text[length] == '-' ? count_digits(text + length + 1) : 0;

		if (digits != 1 && digits != 2)
			return 0;
		length += 1 + digits;
	}
	while (text[length] == '-' && is_digit(text[length + 1]))
		length += 1 + count_digits(text + length + 1);
	return length;
}

size_t naming_prefix(const char *text)
{
	size_t dated = dated_prefix(text);

	return dated ? dated : count_digits(text);
}

/* `version` with one more digit; -1 when that is too large, or was before. */
static int64_t append_digit(int64_t version, int digit)
{
	return version < 0 || version > (INT64_MAX - digit) / 10 ? -1 : version * 10 + digit;
}

/*
 * The digits of a prefix as a number; a month or day of one digit counts as two, and a time without
 * seconds has none, so that chains sort by time. Returns -1 when it is too large.
 */
static int64_t version_of(const char *prefix, size_t length)
{
	bool dated = dated_prefix(prefix) == length;
	int64_t version = 0;
	int part = 0;

	for (size_t i = 0; i < length; i++, part++) {
		size_t end = i + count_digits(prefix + i);
		bool without_seconds = dated && part == 3 && end - i == 4;

		if (dated && (part == 1 || part == 2) && end - i == 1)
			version = append_digit(version, 0);
		for (; i < end; i++)
			version = append_digit(version, prefix[i] - '0');
		if (without_seconds)
			version = append_digit(append_digit(version, 0), 0);
	}
	return version;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t n = strlen(end);

	return length >= n && text_is(text + length - n, n, end);
}

static bool ends_exactly(const char *text, size_t length, const char *end)
{
	size_t n = strlen(end);

	return length >= n && memcmp(text + length - n, end, n) == 0;
}

/* Takes .up or .down off the end. */
static enum source_role take_role(const char *text, size_t *length)
{
	if (ends_exactly(text, *length, ".up")) {
		*length -= 3;
		return SOURCE_UP;
	}
	if (ends_exactly(text, *length, ".down")) {
		*length -= 5;
		return SOURCE_DOWN;
	}
	return SOURCE_BOTH;
}

static bool has_stray_dots(const char *name, size_t length)
{
	return name[0] == '.' || name[length - 1] == '.' || ends_with(name, length, ".up") ||
	       ends_with(name, length, ".down") || ends_with(name, length, ".sql");
}

/* An underscore; behind a date a dash will do. */
static bool is_separator(const char *file, size_t prefix)
{
	return file[prefix] == '_' || (file[prefix] == '-' && dated_prefix(file));
}

enum naming_fault naming_parse(const char *file, bool folder, struct arena *arena,
			       struct naming *naming)
{
	size_t length = strlen(file);
	size_t prefix = naming_prefix(file);
	size_t name = prefix + 1;

	naming->role = SOURCE_BOTH;
	naming->entry = arena_copy(arena, file, length);
	if (!folder) {
		if (!ends_exactly(file, length, ".sql"))
			return NAMING_EXTENSION;
		length -= 4;
		naming->role = take_role(file, &length);
		if (naming->role != SOURCE_BOTH)
			naming->entry = arena_copy(arena, file, length);
	}
	if (!prefix || prefix > length || (prefix < length && !is_separator(file, prefix)))
		return NAMING_NO_VERSION;
	naming->version = version_of(file, prefix);
	if (naming->version < 0)
		return NAMING_TOO_LARGE;
	if (name >= length)
		return NAMING_NO_NAME;
	if (has_stray_dots(file + name, length - name))
		return NAMING_DOTS;
	naming->name = arena_copy(arena, file + name, length - name);
	return NAMING_OK;
}

struct span {
	const char *text;
	size_t length;
};

static struct span trim(struct span span)
{
	static const char stray[] = "._- ";

	while (span.length && strchr(stray, span.text[0])) {
		span.text++;
		span.length--;
	}
	while (span.length && strchr(stray, span.text[span.length - 1]))
		span.length--;
	return span;
}

/* Takes `word` and what separates it off the end of the span. */
static bool take_word(struct span *span, const char *word)
{
	size_t n = strlen(word);

	if (!ends_with(span->text, span->length, word))
		return false;
	if (span->length > n && !strchr("._-", span->text[span->length - n - 1]))
		return false;
	span->length -= n;
	*span = trim(*span);
	return true;
}

const char *naming_suggest(const char *file, bool folder, const char *prefix, struct arena *arena)
{
	struct span rest = { file, strlen(file) };
	const char *role = "";
	size_t digits;

	while (ends_with(rest.text, rest.length, ".sql"))
		rest.length -= 4;
	rest = trim(rest);
	if (!folder) {
		if (take_word(&rest, "up"))
			role = ".up";
		else if (take_word(&rest, "down"))
			role = ".down";
	}
	if (rest.length > 1 && (rest.text[0] == 'V' || rest.text[0] == 'v') &&
	    is_digit(rest.text[1])) {
		rest.text++;
		rest.length--;
	}
	digits = naming_prefix(rest.text);
	if (digits && digits <= rest.length && version_of(rest.text, digits) >= 0) {
		prefix = arena_copy(arena, rest.text, digits);
		rest = trim((struct span){ rest.text + digits, rest.length - digits });
	}
	if (!rest.length)
		rest = (struct span){ "name", 4 };
	return arena_format(arena, "%s_%.*s%s%s", prefix, (int)rest.length, rest.text, role,
			    folder ? "" : ".sql");
}

static size_t count_prefix_digits(const char *prefix)
{
	size_t count = 0;

	for (; *prefix; prefix++)
		count += is_digit(*prefix);
	return count;
}

/* With dashes, or 20240501 and longer, in this or the last century. */
static bool is_timestamp(const char *prefix)
{
	size_t digits = count_prefix_digits(prefix);

	if (strchr(prefix, '-'))
		return true;
	return digits >= NAMING_DATE_DIGITS && digits != NAMING_EPOCH_DIGITS &&
	       (strncmp(prefix, "20", 2) == 0 || strncmp(prefix, "19", 2) == 0);
}

/* Seconds since 1970, from the year 2001 on. */
static bool is_epoch(const char *prefix)
{
	return strlen(prefix) == NAMING_EPOCH_DIGITS && prefix[0] >= '1' && prefix[0] <= '4';
}

/* Writes digits into the places where `prefix` has digits, from the front; zeros when they run out. */
static const char *fill(const char *prefix, const char *digits, struct arena *arena)
{
	char *filled = arena_copy(arena, prefix, strlen(prefix));

	for (char *c = filled; *c; c++) {
		if (*c != '-')
			*c = *digits ? *digits++ : '0';
	}
	return filled;
}

/* The current time in the style of `prefix`. */
static const char *now_like(const char *prefix, struct arena *arena)
{
	char digits[32];
	time_t now = time(NULL);
	struct tm utc;

	if (is_epoch(prefix))
		return arena_format(arena, "%" PRId64, (int64_t)now);
	if (!gmtime_r(&now, &utc) || !strftime(digits, sizeof(digits), "%Y%m%d%H%M%S", &utc))
		return prefix;
	return fill(prefix, digits, arena);
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month < 1 || month > 12 ? 0 : days[month - 1] + (month == 2 && leap);
}

/* Year, month, day, hour, minute and second, one second later. */
static void add_second(int time[6])
{
	if (++time[5] < 60)
		return;
	time[5] = 0;
	if (++time[4] < 60)
		return;
	time[4] = 0;
	if (++time[3] < 24)
		return;
	time[3] = 0;
	if (++time[2] <= days_in_month(time[0], time[1]))
		return;
	time[2] = 1;
	if (++time[1] <= 12)
		return;
	time[1] = 1;
	time[0]++;
}

/* One second after a prefix that begins with year, month, day, hour, minute and second. */
static const char *second_after(const char *prefix, struct arena *arena)
{
	char digits[16] = "";
	size_t count = 0;
	int t[6];

	for (const char *c = prefix; *c && count < 14; c++) {
		if (is_digit(*c))
			digits[count++] = *c;
	}
	if (sscanf(digits, "%4d%2d%2d%2d%2d%2d", &t[0], &t[1], &t[2], &t[3], &t[4], &t[5]) != 6)
		return prefix;
	add_second(t);
	return fill(prefix,
		    arena_format(arena, "%04d%02d%02d%02d%02d%02d", t[0], t[1], t[2], t[3], t[4],
				 t[5]),
		    arena);
}

static size_t count_decimals(int64_t number)
{
	size_t count = 1;

	for (; number > 9; number /= 10)
		count++;
	return count;
}

const char *naming_next(const char *prefix, int64_t step, struct arena *arena)
{
	int64_t version = version_of(prefix, strlen(prefix));
	const char *next;
	int width;

	/* A date that left digits out has no style to go on in. */
	if (dated_prefix(prefix) && count_decimals(version) != count_prefix_digits(prefix))
		prefix = "0000-00-00-000000";

	if (is_timestamp(prefix) || is_epoch(prefix)) {
		next = now_like(prefix, arena);
		if (version_of(next, strlen(next)) > version)
			return next;
		next = second_after(prefix, arena);
		if (version_of(next, strlen(next)) > version)
			return next;
		step = 1;
	}
	if (version > INT64_MAX - step)
		return NULL;
	width = (int)count_prefix_digits(prefix);
	next = arena_format(arena, "%0*" PRId64, width, version + step);
	return strchr(prefix, '-') ? fill(prefix, next, arena) : next;
}
