/* The sweep of repairs: what its two sources share. */
#ifndef REPAIR_SWEEP_H
#define REPAIR_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include <bobolink/schema.h>

#include "corpus.h"

#define NAME	    1200
#define TABLES_MAX  1000
#define REASONS_MAX 200

/* One way in which something was left. */
struct reason {
	char text[BOBOLINK_MESSAGE_SIZE];
	unsigned count;
};

struct sweep {
	const struct bobolink_set *set;
	const struct corpus_engine *engine;
	const struct bobolink_backend *backend;
	const char *url;
	const char *pristine;
	uint32_t part; /* of the migrations, in percent */
	struct bobolink_inventory *whole;
	uint64_t random;
	bool intact; /* the copy is as it was made */
	uint32_t tables;
	unsigned points;
	unsigned refused; /* what the database does not drop */
	unsigned repaired;
	unsigned left;
	unsigned reapplied;
	unsigned long compared; /* tables whose rows were compared */
	unsigned long rows;
	unsigned failures;
	struct reason reasons[REASONS_MAX];
	unsigned reason_count;
};

/* A handle and the backend's view of it. */
struct door {
	void *handle;
	struct bobolink_context context;
	struct bobolink_connection *connection;
};

/* What the rows of a table are, in one number. */
struct content {
	const struct bobolink_object *table;
	uint64_t hash;
	uint64_t rows;
	bool known;
};

struct contents {
	struct content items[TABLES_MAX];
	unsigned count;
};

/* Runs a statement outside a transaction; false when it is refused. */
bool sweep_try(const struct sweep *sweep, struct door *door, const char *sql);
bool sweep_on_postgres(const struct sweep *sweep);
/* "schema"."name", or "name" */
const char *sweep_quoted(const char *schema, const char *name, char text[NAME]);

/* Two rows for each table where that is easy; tables that refer to others get theirs when those have them. */
void sweep_add_rows(const struct sweep *sweep, struct door *door);
void sweep_read(const struct sweep *sweep, struct door *door, struct contents *contents);

#endif
