/*
 * Target, of a fix: from the word behind a flag to its number.
 */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "scripts.h"
#include "value.h"

static uint32_t fix_count(const struct bobolink_set *set)
{
	return set->scripts ? set->scripts->fix_count : 0;
}

/* "F0007", "f7": a number that can be nothing but a fix's; -1 for anything else. */
static int64_t labelled(const char *word)
{
	if (*word != 'F' && *word != 'f')
		return -1;
	return bl_cli_value_number(word + 1, strlen(word + 1), INT64_MAX);
}

/* "0007_clean_orphans", as the file is called, with its extension or without. */
static bool is_file(const struct bobolink_set *set, uint32_t index, const char *word)
{
	const char *file = bl_cli_script_text(set, index, set->scripts->items[index].up.file);
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;
	size_t length = strlen(word);

	return length && strncmp(base, word, length) == 0 &&
	       (!base[length] || strcmp(base + length, ".sql") == 0);
}

/* Fixes that have this name. */
static uint32_t find(const struct bobolink_set *set, const char *word, uint32_t *first,
		     uint32_t *second)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < fix_count(set); i++) {
		if (strcmp(bl_cli_script_name(set, i), word) != 0 && !is_file(set, i, word))
			continue;
		if (found < 2)
			*(found ? second : first) = i;
		found++;
	}
	return found;
}

static int take(struct bl_cli *cli, uint32_t index)
{
	cli->fix = cli->set->scripts->items[index].version;
	return BOBOLINK_OK;
}

static int no_such_fix(const char *word, struct bobolink_error *error)
{
	return bl_cli_fail(error, BOBOLINK_USAGE,
			   "this program has no fix %.200s: take one that %s lists", word,
			   bl_cli_flag_name(BL_CLI_FIXES));
}

static int refuse_several(const struct bobolink_set *set, const char *word, uint32_t first,
			  uint32_t second, struct bobolink_error *error)
{
	char one[40];
	char other[40];

	return bl_cli_fail(
		error, BOBOLINK_USAGE,
		"several fixes are called %.200s, among them %s and %s: give one of these", word,
		bl_cli_fix_label(set, first, one, sizeof(one)),
		bl_cli_fix_label(set, second, other, sizeof(other)));
}

/* The fix that is meant by a number. */
static int take_number(struct bl_cli *cli, int64_t number, const char *word,
		       struct bobolink_error *error)
{
	uint32_t index = bl_cli_fix_index(cli->set, number);

	return index == UINT32_MAX ? no_such_fix(word, error) : take(cli, index);
}

int bl_cli_target_fix(struct bl_cli *cli, const char *word, struct bobolink_error *error)
{
	int64_t number = labelled(word);
	uint32_t first = 0;
	uint32_t second = 0;

	if (number < 0)
		number = bl_cli_value_number(word, strlen(word), INT64_MAX);
	if (number >= 0)
		return take_number(cli, number, word, error);
	switch (find(cli->set, word, &first, &second)) {
	case 0:
		return no_such_fix(word, error);
	case 1:
		return take(cli, first);
	default:
		return refuse_several(cli->set, word, first, second, error);
	}
}

/* Both are asked for by one flag: a name that is one of each decides nothing. */
int bl_cli_target_retry(struct bl_cli *cli, const char *word, struct bobolink_error *error)
{
	struct bobolink_error other;
	char label[40];
	uint32_t first = 0;
	uint32_t second = 0;
	uint32_t fixes = find(cli->set, word, &first, &second);
	int rc;

	if (labelled(word) >= 0)
		return take_number(cli, labelled(word), word, error);
	rc = bl_cli_target(cli->set, word, &cli->version, fixes ? &other : error);
	if (!fixes)
		return rc;
	if (rc)
		return fixes == 1 ? take(cli, first)
				  : refuse_several(cli->set, word, first, second, error);
	return bl_cli_fail(error, BOBOLINK_USAGE,
			   "%.200s is migration %" PRId64 " and fix %s: give one of these", word,
			   cli->version, bl_cli_fix_label(cli->set, first, label, sizeof(label)));
}
