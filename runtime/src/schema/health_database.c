/*
 * Health: who holds the lock, whether the database can be written, which indexes are of no use.
 */
#include <string.h>

#include "../error.h"
#include "health.h"

static int take_flag(void *context, const struct bobolink_value *values, uint32_t count)
{
	int32_t *flag = context;

	if (count == 1 && values[0].text)
		*flag = values[0].text[0] == 't';
	return BOBOLINK_OK;
}

/*
 * PostgreSQL: also a server that accepts writes may give this session read-only transactions. Every name is
 * qualified: nothing that stands first in somebody's search_path takes its place.
 */
static int ask_read_only(struct bl_health *health, struct bobolink_session *session,
			 struct bobolink_error *error)
{
	static const char sql[] = "SELECT pg_catalog.pg_is_in_recovery() OR "
				  "pg_catalog.current_setting('default_transaction_read_only') "
				  "OPERATOR(pg_catalog.=) 'on'";

	return session->backend->query(session->connection, sql, NULL, 0, take_flag,
				       &health->health.read_only, NULL, error);
}

/* A partitioned index is invalid until every partition has its part: that, too, is of no use. */
static const char indexes[] =
	"SELECT pg_catalog.concat(n.nspname, '.', c.relname), "
	"pg_catalog.concat(m.nspname, '.', t.relname), "
	/* Of other people's work only that there is some is shown to everybody. */
	"EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index AS p "
	"WHERE p.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() AND "
	"(p.index_relid OPERATOR(pg_catalog.=) i.indexrelid OR p.index_relid IS NULL)) "
	"FROM pg_catalog.pg_index AS i "
	"JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid "
	"JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace "
	"JOIN pg_catalog.pg_class AS t ON t.oid OPERATOR(pg_catalog.=) i.indrelid "
	"JOIN pg_catalog.pg_namespace AS m ON m.oid OPERATOR(pg_catalog.=) t.relnamespace "
	"WHERE NOT (i.indisvalid AND i.indisready) "
	"AND n.nspname OPERATOR(pg_catalog.!~) '^pg_' "
	"AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema' ORDER BY 1";

static int add_index(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct bl_health *health = context;
	struct bobolink_health_index *grown;
	struct bobolink_health_index index = { .name = "", .table = "" };

	if (count != 3 || !values[0].text || !values[1].text || !values[2].text)
		return BOBOLINK_CORRUPT;
	grown = bl_memory_grow(&health->allocator, health->indexes, health->health.index_count,
			       &health->index_capacity, sizeof(*grown));
	if (!grown)
		return BOBOLINK_NO_MEMORY;
	index.name = bl_pool_copy(&health->pool, values[0].text, values[0].length);
	index.table = bl_pool_copy(&health->pool, values[1].text, values[1].length);
	index.building = values[2].text[0] == 't';
	health->indexes = grown;
	grown[health->health.index_count++] = index;
	health->health.building_indexes += index.building;
	health->health.invalid_indexes += !index.building;
	return BOBOLINK_OK;
}

static void tell_indexes(struct bl_health *health)
{
	for (uint32_t i = 0; i < health->health.index_count; i++) {
		const struct bobolink_health_index *index = &health->indexes[i];

		if (index->building)
			bl_health_add(health, BOBOLINK_OK, -1, "",
				      "index %s of %s is being made at this moment", index->name,
				      index->table);
		else
			bl_health_add(health, BOBOLINK_DRIFT, -1, "",
				      "index %s of %s is invalid, so no query uses it: drop it and "
				      "make it again, or REINDEX INDEX CONCURRENTLY",
				      index->name, index->table);
	}
}

static int find_indexes(struct bl_health *health, struct bobolink_session *session,
			struct bobolink_error *error)
{
	int rc = session->backend->query(session->connection, indexes, NULL, 0, add_index, health,
					 NULL, error);

	if (rc == BOBOLINK_NO_MEMORY)
		return bl_error_set(error, rc, "out of memory");
	tell_indexes(health);
	return rc;
}

static void find_holder(struct bl_health *health, struct bobolink_session *session)
{
	char holder[256] = "";

	if (!session->backend->holder)
		return;
	health->health.locked =
		session->backend->holder(session->connection, holder, sizeof(holder));
	if (health->health.locked)
		health->health.holder = bl_pool_copy(&health->pool, holder, strlen(holder));
	if (health->health.locked)
		bl_health_add(health, BOBOLINK_OK, -1, "--migrate-wait",
			      "%s holds the migration lock", holder);
}

int bl_health_database(struct bl_health *health, struct bobolink_session *session,
		       struct bobolink_error *error)
{
	const struct bobolink_backend *backend = session->backend;
	int rc = BOBOLINK_OK;

	find_holder(health, session);
	if (backend->read_only)
		health->health.read_only = backend->read_only(session->connection);
	if (backend->dialect != BOBOLINK_DIALECT_POSTGRES)
		return BOBOLINK_OK;
	if (!backend->read_only)
		rc = ask_read_only(health, session, error);
	return rc ? rc : find_indexes(health, session, error);
}
