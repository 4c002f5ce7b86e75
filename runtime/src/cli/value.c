/*
 * Value: digits, units and words, taken strictly: a flag that was misread would do the wrong thing.
 */
#include "value.h"

#include <string.h>
#include <unistd.h>

#include "command.h"

#define MOST_JOBS 1000

int64_t bl_cli_value_number(const char *word, size_t length, int64_t most)
{
	int64_t number = 0;

	if (length == 0)
		return -1;
	for (size_t i = 0; i < length; i++) {
		int digit = word[i] - '0';

		if (digit < 0 || digit > 9 || number > (most - digit) / 10)
			return -1;
		number = number * 10 + digit;
	}
	return number;
}

/* The words that follow the flag and what was written behind it. */
static int refuse(struct bobolink_error *error, enum bl_cli_flag flag, const char *word,
		  const char *help)
{
	return bl_cli_fail(error, BOBOLINK_USAGE, "%s=%.200s: %s", bl_cli_flag_name(flag), word,
			   help);
}

int bl_cli_value_batches(const char *word, uint32_t *batches, struct bobolink_error *error)
{
	int64_t number;

	*batches = 1;
	if (!word)
		return BOBOLINK_OK;
	*batches = BOBOLINK_ALL_BATCHES;
	if (strcmp(word, "all") == 0)
		return BOBOLINK_OK;
	number = bl_cli_value_number(word, strlen(word), BOBOLINK_ALL_BATCHES - 1);
	if (number < 1)
		return refuse(error, BL_CLI_ROLLBACK, word,
			      "give how many batches to undo, 1 or more, or all");
	*batches = (uint32_t)number;
	return BOBOLINK_OK;
}

int bl_cli_value_days(const char *word, uint32_t *days, struct bobolink_error *error)
{
	int64_t number;

	*days = 7;
	if (!word)
		return BOBOLINK_OK;
	number = bl_cli_value_number(word, strlen(word), 99999);
	if (number < 1)
		return refuse(error, BL_CLI_LOG, word, "give a number of days, 1 to 99999");
	*days = (uint32_t)number;
	return BOBOLINK_OK;
}

int bl_cli_value_form(const char *word, struct bobolink_error *error)
{
	if (!word || strcmp(word, "sql") == 0)
		return BOBOLINK_OK;
	return refuse(error, BL_CLI_DRIFT, word, "give sql for a script, or no value for a report");
}

int bl_cli_value_wait(const char *word, uint32_t *ms, struct bobolink_error *error)
{
	static const struct {
		const char *unit;
		uint32_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "h", 3600000 } };
	size_t digits;

	*ms = 60000;
	if (!word)
		return BOBOLINK_OK;
	digits = strspn(word, "0123456789");
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		int64_t number = bl_cli_value_number(word, digits, UINT32_MAX / units[i].ms);

		if (strcmp(word + digits, units[i].unit) != 0 || number < 0)
			continue;
		*ms = (uint32_t)number * units[i].ms;
		return BOBOLINK_OK;
	}
	return refuse(error, BL_CLI_WAIT, word,
		      "give a number and a unit, at most 1193h: 500ms, 60s, 5min, 1h");
}

int bl_cli_value_jobs(const char *word, uint32_t *jobs, struct bobolink_error *error)
{
	/* Most of the time a database is waited for: its disk, or its server. */
	int64_t number = word ? bl_cli_value_number(word, strlen(word), MOST_JOBS)
			      : 4 * (int64_t)sysconf(_SC_NPROCESSORS_ONLN);

	if (word && number < 1)
		return refuse(error, BL_CLI_JOBS, word, "give how many at once, 1 to 1000");
	*jobs = number < 1 ? 1 : number > MOST_JOBS ? MOST_JOBS : (uint32_t)number;
	return BOBOLINK_OK;
}

int bl_cli_value_mark(const char *word, size_t *length, int *mark, struct bobolink_error *error)
{
	static const char *const states[] = {
		[BOBOLINK_MARK_APPLIED] = "applied",
		[BOBOLINK_MARK_PENDING] = "pending",
		[BOBOLINK_MARK_FORGET] = "forget",
	};
	const char *colon = strrchr(word, ':');

	if (colon && colon > word) {
		*length = (size_t)(colon - word);
		for (*mark = BOBOLINK_MARK_APPLIED; *mark <= BOBOLINK_MARK_FORGET; ++*mark) {
			if (strcmp(colon + 1, states[*mark]) == 0)
				return BOBOLINK_OK;
		}
	}
	return refuse(error, BL_CLI_MARK, word,
		      "give the version and what it is: 7:applied, 7:pending or 7:forget");
}
