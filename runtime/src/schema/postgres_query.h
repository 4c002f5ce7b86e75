/* The query that lists a PostgreSQL database's schema. */
#ifndef BL_SCHEMA_POSTGRES_QUERY_H
#define BL_SCHEMA_POSTGRES_QUERY_H

#include "../memory.h"

/* The columns of a row. */
enum bl_postgres_field {
	BL_POSTGRES_KIND, /* a word; "search-path" in the row that tells it in the place of the definition */
	BL_POSTGRES_SCHEMA,
	BL_POSTGRES_PARENT,
	BL_POSTGRES_NAME,
	BL_POSTGRES_DEFINITION,
	BL_POSTGRES_SQL,
	BL_POSTGRES_FIELDS
};

/* Adds the query. */
void bl_postgres_catalogue(struct bl_text *out);

#endif
