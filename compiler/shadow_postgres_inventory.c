/*
 * Inventories on PostgreSQL: the query that lists everything takes the server longer to plan than to run, and is asked
 * three times for each migration. So it is prepared, once in each session and anew when the database has
 * grown much: a plan that was made for a few tables is a bad one for many. A migration may throw it away
 * (DISCARD ALL): whether it is there is asked each time.
 */
#include <string.h>

#include "shadow_postgres.h"
#include "support/buffer.h"

#define NAME "bobolink_inventory"
/* Anything longer than this among the queries of bobolink_inventory_read is the one. */
#define LONG_QUERY 4096u
/* Objects more than twice as many, and these, and the plan is made anew. */
#define FEW_OBJECTS 100u

/* The queries of a backend get no context of the caller; a run reads one inventory at a time. */
static struct {
	const struct bobolink_backend *backend;
	uint32_t planned_for; /* objects */
	uint32_t count;	      /* objects that were there last */
} reading;

static int run(struct bobolink_connection *connection, const char *sql, bobolink_row_fn *row,
	       void *context, struct bobolink_error *error)
{
	return reading.backend->query(connection, sql, NULL, 0, row, context, NULL, error);
}

static int note_row(void *context, const struct bobolink_value *values, uint32_t count)
{
	(void)values;
	(void)count;
	*(bool *)context = true;
	return BOBOLINK_OK;
}

static int prepare(struct bobolink_connection *connection, const char *sql,
		   struct bobolink_error *error)
{
	struct buffer text = BUFFER_INIT;
	bool prepared = false;
	int rc = run(connection,
		     "SELECT FROM pg_catalog.pg_prepared_statements WHERE name "
		     "OPERATOR(pg_catalog.=) '" NAME "'",
		     note_row, &prepared, error);

	if (rc == BOBOLINK_OK && prepared &&
	    reading.count > 2 * reading.planned_for + FEW_OBJECTS) {
		rc = run(connection, "DEALLOCATE " NAME, NULL, NULL, error);
		prepared = false;
	}
	if (rc || prepared)
		return rc;
	reading.planned_for = reading.count;
	buffer_format(&text, "PREPARE " NAME " AS %s", sql);
	rc = run(connection, text.text, NULL, NULL, error);
	buffer_release(&text);
	return rc;
}

static int query(struct bobolink_connection *connection, const char *sql,
		 const struct bobolink_value *values, uint32_t count, bobolink_row_fn *row,
		 void *context, int64_t *changed, struct bobolink_error *error)
{
	int rc;

	if (strlen(sql) < LONG_QUERY)
		return reading.backend->query(connection, sql, values, count, row, context, changed,
					      error);
	rc = prepare(connection, sql, error);
	return rc ? rc : run(connection, "EXECUTE " NAME, row, context, error);
}

int shadow_postgres_read(struct shadow_run *shadow, struct bobolink_connection *connection,
			 const struct bobolink_inventory *previous,
			 struct bobolink_inventory **inventory, struct bobolink_error *error)
{
	struct bobolink_backend preparing = *shadow->backend;

	preparing.query = query;
	reading.backend = shadow->backend;
	reading.count = previous ? bobolink_inventory_count(previous) : 0;
	return bobolink_inventory_read(&preparing, connection, &shadow->context.allocator, previous,
				       inventory, error);
}
