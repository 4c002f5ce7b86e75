/* Catalog: what exists at one point of the chain, folded from the deltas. */
#ifndef LINT_CATALOG_H
#define LINT_CATALOG_H

#include "model.h"
#include "support/arena.h"

/* One object in one of the lists that the catalog keeps. */
struct catalog_entry {
	const struct bobolink_object *object;
	struct catalog_entry *next;
};

struct catalog_list;

struct catalog {
	struct arena *arena;
	struct catalog_list **buckets; /* by hash of the list's key */
	uint32_t bucket_count;
	uint32_t list_count;
};

void catalog_init(struct catalog *catalog, struct arena *arena);
/* Takes the delta of one migration into account. */
void catalog_apply(struct catalog *catalog, const struct migration *migration);

/* The object with this name, or NULL. A virtual table is a table, too. */
const struct bobolink_object *catalog_find(const struct catalog *catalog, int32_t kind,
					   const char *name);
/* The same in one schema; NULL for any, public first. */
const struct bobolink_object *catalog_find_in(const struct catalog *catalog, int32_t kind,
					      const char *schema, const char *name);
/* True when both are the same object, whatever their definitions are. */
bool catalog_is_same(const struct bobolink_object *one, const struct bobolink_object *other);
/* Columns, keys, indexes and triggers of a table. */
const struct catalog_entry *catalog_children(const struct catalog *catalog, const char *table);
const struct bobolink_object *catalog_column(const struct catalog *catalog, const char *table,
					     const char *column);
/* The table that a foreign key references. */
const char *catalog_parent_table(const struct bobolink_object *foreign_key, struct arena *arena);
/* Column number `n` (from 0) of a key or index, or NULL past the last one. */
const char *catalog_key_column(const struct bobolink_object *key, uint32_t n, struct arena *arena);
/* Partitions and children of any table of this name. */
const struct catalog_entry *catalog_descendants(const struct catalog *catalog, const char *table);
/* The first table that this one is a partition or child of; NULL for none. */
const char *catalog_ancestor(const struct bobolink_object *table, struct arena *arena);
/* Foreign keys of any table whose parent is this one. */
const struct catalog_entry *catalog_references(const struct catalog *catalog, const char *table);

#endif
