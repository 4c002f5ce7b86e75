/*
 * Target: from the word behind a flag to a version.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "value.h"

const char *bl_cli_migration_text(const struct bobolink_set *set, uint32_t index, uint32_t offset)
{
	return offset ? set->chunks[index / BOBOLINK_CHUNK_SIZE].text + offset : "";
}

const char *bl_cli_migration_name(const struct bobolink_set *set, uint32_t index)
{
	return bl_cli_migration_text(set, index, set->migrations[index].name);
}

/* Digits alone, as a version; -1 for anything else. */
static int64_t number_of(const char *word)
{
	return bl_cli_value_number(word, strlen(word), INT64_MAX);
}

uint32_t bl_cli_index(const struct bobolink_set *set, int64_t version)
{
	uint32_t from = 0;
	uint32_t to = set->migration_count;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (set->migrations[middle].version < version)
			from = middle + 1;
		else
			to = middle;
	}
	return from < set->migration_count && set->migrations[from].version == version ? from
										       : UINT32_MAX;
}

bool bl_cli_carries(const struct bobolink_set *set, int64_t version)
{
	return bl_cli_index(set, version) != UINT32_MAX;
}

/* Names that equal the word, or that begin with it. */
struct matches {
	uint32_t count;
	uint32_t first;
	uint32_t second;
};

static struct matches find(const struct bobolink_set *set, const char *word, bool whole)
{
	struct matches found = { 0, 0, 0 };
	size_t length = strlen(word);

	for (uint32_t i = 0; i < set->migration_count; i++) {
		const char *name = bl_cli_migration_name(set, i);

		if (strncmp(name, word, length) != 0 || (whole && name[length]))
			continue;
		if (found.count == 0)
			found.first = i;
		else if (found.count == 1)
			found.second = i;
		found.count++;
	}
	return found;
}

/* "0007_create_orders", as the file is called: the number decides and the name must agree. */
static int64_t find_entry(const struct bobolink_set *set, const char *word)
{
	size_t digits = strspn(word, "0123456789");
	char prefix[24];

	if (digits == 0 || digits >= sizeof(prefix) || word[digits] != '_')
		return -1;
	memcpy(prefix, word, digits);
	prefix[digits] = '\0';
	for (uint32_t i = 0; i < set->migration_count; i++) {
		if (set->migrations[i].version == number_of(prefix) &&
		    strcmp(bl_cli_migration_name(set, i), word + digits + 1) == 0)
			return set->migrations[i].version;
	}
	return -1;
}

static int complain(const struct bobolink_set *set, const char *word, const struct matches *found,
		    struct bobolink_error *error)
{
	if (found->count == 0)
		return bl_cli_fail(error, BOBOLINK_USAGE,
				   "no migration of this program has the version or name %s: take "
				   "one that --migrate-status lists",
				   word);
	return bl_cli_fail(error, BOBOLINK_USAGE,
			   "%u migrations match %s, among them %" PRId64 " (%s) and %" PRId64
			   " (%s): give the version",
			   (unsigned)found->count, word, set->migrations[found->first].version,
			   bl_cli_migration_name(set, found->first),
			   set->migrations[found->second].version,
			   bl_cli_migration_name(set, found->second));
}

int bl_cli_target(const struct bobolink_set *set, const char *word, int64_t *version,
		  struct bobolink_error *error)
{
	int64_t number = number_of(word);
	struct matches found;

	*version = number;
	if (number >= 0 && bl_cli_carries(set, number))
		return BOBOLINK_OK;
	*version = find_entry(set, word);
	if (*version >= 0)
		return BOBOLINK_OK;
	found = find(set, word, true);
	if (found.count == 0 && number < 0)
		found = find(set, word, false);
	/* A number that this program does not carry may be one that the database knows. */
	*version = number;
	if (found.count == 0 && number >= 0 && number != BOBOLINK_HEAD)
		return BOBOLINK_OK;
	if (found.count != 1)
		return complain(set, word, &found, error);
	*version = set->migrations[found.first].version;
	return BOBOLINK_OK;
}

int bl_cli_target_mark(struct bl_cli *cli, const char *value, struct bobolink_error *error)
{
	char word[BOBOLINK_PATH_SIZE];
	size_t length;
	int rc = bl_cli_value_mark(value, &length, &cli->mark, error);

	if (rc)
		return rc;
	snprintf(word, sizeof(word), "%.*s", length < sizeof(word) ? (int)length : 0, value);
	return bl_cli_target(cli->set, word, &cli->version, error);
}
