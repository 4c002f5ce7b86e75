/*
 * Mend: the SQL that makes one missing object again, from what is embedded in the set.
 *
 * That is the text embedded for the object where it still makes what is expected at this version, else a statement
 * of the set that does, else a text composed of the definition. Where there is none a reason says what a person can do.
 */
#ifndef BL_SCHEMA_MEND_H
#define BL_SCHEMA_MEND_H

#include "inventory.h"

struct bl_mend {
	const struct bobolink_set *set;
	const struct bobolink_allocator *allocator;
	const struct bobolink_inventory *expected;
	const struct bobolink_inventory *actual;
	int32_t dialect;
	uint32_t count;			 /* migrations of the set up to the newest applied one */
	struct bobolink_inventory *head; /* objects that carry SQL, as the whole set makes them */
	struct bl_pool pool;		 /* of texts and reasons */
	/* SQLite: the table asked for last, its text ("" for none) and what that makes. */
	const struct bobolink_object *table;
	const char *table_sql;
	struct bl_group *table_group;
};

/*
 * `version`: of the newest applied migration. The inventories are borrowed. Returns an enum bobolink_result; release in
 * either case.
 */
int bl_mend_init(struct bl_mend *mend, const struct bobolink_set *set, int32_t dialect,
		 const struct bobolink_allocator *allocator, int64_t version,
		 const struct bobolink_inventory *expected, const struct bobolink_inventory *actual,
		 struct bobolink_error *error);
void bl_mend_release(struct bl_mend *mend);

/*
 * `missing`, an object of `expected`: sql is one statement that makes it and changes nothing else, or "" and then
 * `reason` says why there is none. Both live as long as the mend. Returns 0 or BOBOLINK_NO_MEMORY.
 */
int bl_mend_sql(struct bl_mend *mend, const struct bobolink_object *missing, const char **sql,
		const char **reason);

/*
 * The missing object whose SQL makes this missing one, too: a table its columns, a column its reference. NULL where
 * there is none. bl_mend_sql has no SQL for such an object.
 */
const struct bobolink_object *bl_mend_host(struct bl_mend *mend,
					   const struct bobolink_object *missing);

/* The order in which missing objects are made, by kind: what others stand on comes first. */
uint32_t bl_mend_order(int32_t kind);

/* For the parts of mend: the embedded text of an object, whatever its definition was; "" for none. */
const char *bl_mend_embedded(struct bl_mend *mend, const struct bobolink_object *object);
/* The object of an inventory with the kind, parent and name of this one; NULL for none. */
const struct bobolink_object *bl_mend_find(const struct bobolink_inventory *inventory,
					   const struct bobolink_object *like);
/* The table (or view) that an object stands on, in `inventory`; NULL for none. */
const struct bobolink_object *bl_mend_parent(const struct bobolink_inventory *inventory,
					     const struct bobolink_object *object);

int bl_mend_sqlite(struct bl_mend *mend, const struct bobolink_object *missing, const char **sql,
		   const char **reason);
const struct bobolink_object *bl_mend_sqlite_host(struct bl_mend *mend,
						  const struct bobolink_object *missing);
void bl_mend_postgres(struct bl_mend *mend, const struct bobolink_object *missing, const char **sql,
		      const char **reason);
const struct bobolink_object *bl_mend_postgres_host(struct bl_mend *mend,
						    const struct bobolink_object *missing);

#endif
