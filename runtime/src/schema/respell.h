/* Respell: names that SQLite takes for the same are written in the same letters. */
#ifndef BL_SCHEMA_RESPELL_H
#define BL_SCHEMA_RESPELL_H

#include "inventory.h"

/* Names that are known, and how they are written: the objects of these inventories; NULL is one without any. */
struct bl_spelling {
	const struct bobolink_allocator *allocator;
	const struct bobolink_object **known;
	uint32_t count;
	uint32_t capacity;
};

/* Returns 0 or BOBOLINK_NO_MEMORY. */
int bl_spelling_add(struct bl_spelling *spelling, const struct bobolink_inventory *inventory);
void bl_spelling_release(struct bl_spelling *spelling);

/*
 * Replaces the inventory of an SQLite database by one where names and definitions that differ from those known in nothing
 * but the case of ASCII letters are those known. `changed`: whether any did. Returns 0 or BOBOLINK_NO_MEMORY.
 */
int bl_respell(struct bl_spelling *spelling, struct bobolink_inventory **inventory, bool *changed);

#endif
