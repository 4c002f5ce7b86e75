/*
 * The values of settings that fixes and repeatables have: what they wait for, and when they may run.
 *
 * A time that does not exist would never come, so dates are those of the calendar.
 */
#include "directive_values.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_DAY_MINUTES 1440

/* Where times begin and end: what lies outside was mistyped. */
#define VALUE_FIRST_YEAR 2000
#define VALUE_LAST_YEAR	 9999

/* More than anybody waits for. */
#define VALUE_MOST_ATTEMPTS 1000000

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits at `*cursor`, which moves behind them, as a number; -1 when there are none or too many. */
static int64_t take_number(const char **cursor)
{
	int64_t number = is_digit(**cursor) ? 0 : -1;

	for (; is_digit(**cursor); ++*cursor) {
		int digit = **cursor - '0';

		number = number < 0 || number > (INT64_MAX - digit) / 10 ? -1 : number * 10 + digit;
	}
	return number;
}

static void note_after(const char *names, struct outcome *out)
{
	out->settings->after = names;
	out->settings->after_offset = out->offset;
	out->settings->after_length = out->length;
}

/* "0003" or "F0003 4", as "3 4". */
bool value_after_fixes(const char *value, struct outcome *out)
{
	const char *all = "";

	while (*(value += strspn(value, " "))) {
		int64_t number;

		value += *value == 'F';
		number = take_number(&value);
		if (number < 0 || (*value && *value != ' '))
			return false;
		all = arena_format(out->arena, "%s%s%" PRId64, all, *all ? " " : "", number);
	}
	note_after(all, out);
	return *all;
}

/* "orders_view  totals" with one blank between them; R__ and .sql may stand around a name. */
bool value_after_names(const char *value, struct outcome *out)
{
	const char *all = "";

	while (*(value += strspn(value, " "))) {
		size_t length = strcspn(value, " ");
		const char *end = value + length;

		if (length > 4 && strncmp(end - 4, ".sql", 4) == 0)
			length -= 4;
		if (length > 3 && strncmp(value, "R__", 3) == 0) {
			value += 3;
			length -= 3;
		}
		all = arena_format(out->arena, "%s%s%.*s", all, *all ? " " : "", (int)length,
				   value);
		value = end;
	}
	note_after(all, out);
	return *all;
}

bool value_required(const char *value, struct outcome *out)
{
	out->settings->required = take_number(&value);
	out->settings->requirements_offset = out->offset;
	out->settings->requirements_length = out->length;
	return out->settings->required >= 0 && !*value;
}

bool value_when(const char *value, struct outcome *out)
{
	out->settings->when_after = strcmp(value, "after") == 0;
	return out->settings->when_after || strcmp(value, "before") == 0;
}

/* The number of `digits` digits at `*cursor`, which moves behind them and `end` (NUL: nothing); -1 when it is not there. */
static int take_part(const char **cursor, int digits, char end)
{
	int number = 0;

	for (int i = 0; i < digits; i++) {
		if (!is_digit(**cursor))
			return -1;
		number = number * 10 + *(*cursor)++ - '0';
	}
	if (end && *(*cursor)++ != end)
		return -1;
	return number;
}

static int days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Days from 1970-01-01 to a day of the calendar. */
static int64_t days_since_epoch(int year, int month, int day)
{
	int64_t days = day - 1;

	for (int i = 1970; i < year; i++)
		days += 337 + days_of(i, 2);
	for (int i = 1; i < month; i++)
		days += days_of(year, i);
	return days;
}

/* Reads `YYYY-MM-DDT` at `*cursor`. Returns false when it is no day; out->fault says so where it only looks like one. */
static bool take_day(const char **cursor, int64_t *days, struct outcome *out)
{
	int year = take_part(cursor, 4, '-');
	int month = year < 0 ? -1 : take_part(cursor, 2, '-');
	int day = month < 0 ? -1 : take_part(cursor, 2, 'T');

	if (day < 0)
		return false;
	if (year < VALUE_FIRST_YEAR || year > VALUE_LAST_YEAR)
		out->fault = "the year is one from 2000 to 9999";
	else if (month < 1 || month > 12)
		out->fault = arena_format(out->arena, "there is no month %02d", month);
	else if (day < 1 || day > days_of(year, month))
		out->fault =
			arena_format(out->arena, "%04d-%02d has no day %02d", year, month, day);
	else
		*days = days_since_epoch(year, month, day);
	return !out->fault;
}

/* `2026-12-01T00:00Z` or `2026-12-01T00:00:00Z`, as seconds since 1970. */
static bool read_time(const char *value, int64_t *seconds, struct outcome *out)
{
	int64_t days = 0;
	int hour;
	int minute;
	int second = 0;

	if (!take_day(&value, &days, out))
		return false;
	hour = take_part(&value, 2, ':');
	minute = hour < 0 ? -1 : take_part(&value, 2, '\0');
	if (minute >= 0 && *value == ':') {
		value++;
		second = take_part(&value, 2, '\0');
	}
	if (minute < 0 || second < 0)
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		out->fault = arena_format(out->arena,
					  "there is no such time of the day as %02d:%02d:%02d",
					  hour, minute, second);
	else if (strcmp(value, "Z") != 0)
		out->fault = "a time is one of UTC, and ends with Z";
	*seconds = days * 86400 + hour * 3600 + minute * 60 + second;
	return !out->fault;
}

bool value_not_before(const char *value, struct outcome *out)
{
	out->settings->has_not_before = read_time(value, &out->settings->not_before, out);
	return out->settings->has_not_before;
}

bool value_not_after(const char *value, struct outcome *out)
{
	out->settings->has_not_after = read_time(value, &out->settings->not_after, out);
	return out->settings->has_not_after;
}

/* `02:00`, which `end` follows, as minutes; -1 when it is no time of the day. 24:00 is its end. */
static int take_minutes(const char **cursor, char end)
{
	int hour = take_part(cursor, 2, ':');
	int minute = hour < 0 ? -1 : take_part(cursor, 2, end);

	if (minute < 0 || minute > 59 || hour * 60 + minute > VALUE_DAY_MINUTES)
		return -1;
	return hour * 60 + minute;
}

bool value_window(const char *value, struct outcome *out)
{
	int from = take_minutes(&value, '-');
	int to = from < 0 ? -1 : take_minutes(&value, '\0');

	if (to < 0 || *value || from == VALUE_DAY_MINUTES)
		return false;
	if (from == to) {
		out->fault = "a window that ends when it begins is never open";
		return false;
	}
	out->settings->window_from = (uint32_t)from;
	out->settings->window_to = (uint32_t)to;
	return true;
}

bool value_attempts(const char *value, struct outcome *out)
{
	int64_t attempts = take_number(&value);

	if (attempts == 0)
		out->fault = "a fix without attempts would never run";
	if (attempts < 1 || attempts > VALUE_MOST_ATTEMPTS || *value)
		return false;
	out->settings->attempts = (uint32_t)attempts;
	return true;
}

bool value_repeat(const char *value, struct outcome *out)
{
	out->settings->repeat_always = strcmp(value, "always") == 0;
	return out->settings->repeat_always;
}
