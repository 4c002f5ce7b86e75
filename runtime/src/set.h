/* Reading a compiled set: offsets become texts and statements here and nowhere else. */
#ifndef BL_SET_H
#define BL_SET_H

#include <stdbool.h>

#include <bobolink/bobolink.h>

/* "no such migration" */
#define BL_SET_NONE UINT32_MAX

/* The text at `offset` in the chunk of migration `index`; "" for offset 0. */
const char *bl_set_text(const struct bobolink_set *set, uint32_t index, uint32_t offset);
const char *bl_set_name(const struct bobolink_set *set, uint32_t index);
const char *bl_set_checksum(const struct bobolink_set *set, uint32_t index);
const char *bl_set_sql_checksum(const struct bobolink_set *set, uint32_t index);

const struct bobolink_statement *bl_set_statement(const struct bobolink_set *set, uint32_t index,
						  const struct bobolink_section *section,
						  uint32_t number);

/* The index of the migration with this version, or BL_SET_NONE. */
uint32_t bl_set_find(const struct bobolink_set *set, int64_t version);

/* The last version of the set; -1 when it is empty. */
int64_t bl_set_last(const struct bobolink_set *set);

/* Whether `checksum` is one that `lock --amend` replaced. */
bool bl_set_superseded(const struct bobolink_set *set, uint32_t index, const char *checksum);

#endif
