/* Columns that are added to a table of SQLite which exists. */
#ifndef BL_SCHEMA_MEND_COLUMN_H
#define BL_SCHEMA_MEND_COLUMN_H

#include "mend.h"

/* What a table has before the column is added: what its text makes, or what the database has. */
struct bl_mend_present {
	const struct bl_group *group; /* NULL where it is the inventory */
	const struct bobolink_inventory *inventory;
};

/* Why ALTER TABLE cannot add this column; "" when it can. Lives as long as the mend. */
const char *bl_mend_column_reason(struct bl_mend *mend, const struct bl_mend_present *present,
				  const struct bobolink_object *column);
/* ALTER TABLE … ADD COLUMN with what comes along with the column. */
const char *bl_mend_column_sql(struct bl_mend *mend, const struct bl_mend_present *present,
			       const struct bobolink_object *column);
/*
 * The missing column that a missing constraint comes along with: a foreign key of this column alone, a check that
 * needs no other missing column. NULL for none.
 */
const struct bobolink_object *bl_mend_column_of(struct bl_mend *mend,
						const struct bl_mend_present *present,
						const struct bobolink_object *constraint);

#endif
