/*
 * Set: reading the tables that the compiler wrote, where they lie.
 */
#include "set.h"

#include <string.h>

const char *bl_set_text(const struct bobolink_set *set, uint32_t index, uint32_t offset)
{
	return offset ? set->chunks[index / BOBOLINK_CHUNK_SIZE].text + offset : "";
}

const char *bl_set_name(const struct bobolink_set *set, uint32_t index)
{
	return bl_set_text(set, index, set->migrations[index].name);
}

const char *bl_set_checksum(const struct bobolink_set *set, uint32_t index)
{
	return bl_set_text(set, index, set->migrations[index].checksum);
}

const char *bl_set_sql_checksum(const struct bobolink_set *set, uint32_t index)
{
	return bl_set_text(set, index, set->migrations[index].sql_checksum);
}

const struct bobolink_statement *bl_set_statement(const struct bobolink_set *set, uint32_t index,
						  const struct bobolink_section *section,
						  uint32_t number)
{
	return &set->chunks[index / BOBOLINK_CHUNK_SIZE].statements[section->first + number];
}

uint32_t bl_set_find(const struct bobolink_set *set, int64_t version)
{
	uint32_t low = 0;
	uint32_t high = set->migration_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (set->migrations[middle].version == version)
			return middle;
		if (set->migrations[middle].version < version)
			low = middle + 1;
		else
			high = middle;
	}
	return BL_SET_NONE;
}

int64_t bl_set_last(const struct bobolink_set *set)
{
	return set->migration_count ? set->migrations[set->migration_count - 1].version : -1;
}

bool bl_set_superseded(const struct bobolink_set *set, uint32_t index, const char *checksum)
{
	const char *word = bl_set_text(set, index, set->migrations[index].superseded);
	size_t length = strlen(checksum);

	while (*word) {
		size_t end = strcspn(word, " ");

		if (length && end == length && memcmp(word, checksum, length) == 0)
			return true;
		word += end;
		word += strspn(word, " ");
	}
	return false;
}
