/*
 * Mend: what both dialects have in common. The text of an object as it is embedded, and what stands on what.
 */
#include "mend.h"

#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "../set.h"

/* Migrations with a version up to this one. */
static uint32_t count_migrations(const struct bobolink_set *set, int64_t version)
{
	uint32_t count = 0;

	while (count < set->migration_count && set->migrations[count].version <= version)
		count++;
	return count;
}

int bl_mend_init(struct bl_mend *mend, const struct bobolink_set *set, int32_t dialect,
		 const struct bobolink_allocator *allocator, int64_t version,
		 const struct bobolink_inventory *expected, const struct bobolink_inventory *actual,
		 struct bobolink_error *error)
{
	*mend = (struct bl_mend){
		.set = set,
		.allocator = allocator,
		.expected = expected,
		.actual = actual,
		.dialect = dialect,
		.count = count_migrations(set, version),
	};
	bl_pool_init(&mend->pool, allocator);
	return bobolink_delta_apply(NULL, set->schema ? set->schema : "", allocator, &mend->head,
				    error);
}

void bl_mend_release(struct bl_mend *mend)
{
	bl_group_release(mend->table_group);
	bobolink_inventory_free(mend->head);
	bl_pool_release(&mend->pool);
}

const struct bobolink_object *bl_mend_find(const struct bobolink_inventory *inventory,
					   const struct bobolink_object *like)
{
	return bobolink_inventory_find(inventory, like->kind, like->schema, like->parent,
				       like->name);
}

const struct bobolink_object *bl_mend_parent(const struct bobolink_inventory *inventory,
					     const struct bobolink_object *object)
{
	static const int32_t kinds[] = { BOBOLINK_OBJECT_TABLE, BOBOLINK_OBJECT_VIRTUAL_TABLE,
					 BOBOLINK_OBJECT_VIEW, BOBOLINK_OBJECT_MATERIALIZED_VIEW };
	const struct bobolink_object *found = NULL;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !found; i++)
		found = bobolink_inventory_find(inventory, kinds[i], object->schema, "",
						object->parent);
	return found;
}

/* "=VERSION:NUMBER" is statement NUMBER, from 1, of the up section of that migration. */
static const char *follow(struct bl_mend *mend, const char *sql)
{
	const struct bobolink_statement *statement;
	const struct bobolink_section *up;
	unsigned long number;
	uint32_t index;
	char *end;

	index = bl_set_find(mend->set, strtoll(sql + 1, &end, 10));
	number = *end == ':' ? strtoul(end + 1, NULL, 10) : 0;
	if (index == BL_SET_NONE)
		return "";
	up = &mend->set->migrations[index].up;
	if (number < 1 || number > up->count)
		return "";
	statement = bl_set_statement(mend->set, index, up, (uint32_t)number - 1);
	return bl_pool_copy(&mend->pool, bl_set_text(mend->set, index, statement->text),
			    statement->length);
}

const char *bl_mend_embedded(struct bl_mend *mend, const struct bobolink_object *object)
{
	const struct bobolink_object *found = bl_mend_find(mend->head, object);

	if (!found)
		return "";
	return found->sql[0] == '=' ? follow(mend, found->sql) : found->sql;
}

uint32_t bl_mend_order(int32_t kind)
{
	static const uint8_t order[] = {
		[BOBOLINK_OBJECT_SCHEMA] = 1,	 [BOBOLINK_OBJECT_EXTENSION] = 2,
		[BOBOLINK_OBJECT_ENUM] = 3,	 [BOBOLINK_OBJECT_DOMAIN] = 4,
		[BOBOLINK_OBJECT_COMPOSITE] = 5, [BOBOLINK_OBJECT_RANGE] = 6,
		[BOBOLINK_OBJECT_SEQUENCE] = 7,	 [BOBOLINK_OBJECT_FUNCTION] = 8,
		[BOBOLINK_OBJECT_PROCEDURE] = 9, [BOBOLINK_OBJECT_AGGREGATE] = 10,
		[BOBOLINK_OBJECT_TABLE] = 11,	 [BOBOLINK_OBJECT_VIRTUAL_TABLE] = 12,
		[BOBOLINK_OBJECT_COLUMN] = 13,	 [BOBOLINK_OBJECT_PRIMARY_KEY] = 14,
		[BOBOLINK_OBJECT_UNIQUE] = 15,	 [BOBOLINK_OBJECT_EXCLUDE] = 16,
		[BOBOLINK_OBJECT_CHECK] = 17,	 [BOBOLINK_OBJECT_FOREIGN_KEY] = 18,
		[BOBOLINK_OBJECT_VIEW] = 19,	 [BOBOLINK_OBJECT_MATERIALIZED_VIEW] = 20,
		[BOBOLINK_OBJECT_INDEX] = 21,	 [BOBOLINK_OBJECT_TRIGGER] = 22,
		[BOBOLINK_OBJECT_RULE] = 23,	 [BOBOLINK_OBJECT_ROW_SECURITY] = 24,
		[BOBOLINK_OBJECT_POLICY] = 25,
	};

	return order[kind];
}

const struct bobolink_object *bl_mend_host(struct bl_mend *mend,
					   const struct bobolink_object *missing)
{
	return mend->dialect == BOBOLINK_DIALECT_POSTGRES ? bl_mend_postgres_host(mend, missing)
							  : bl_mend_sqlite_host(mend, missing);
}

int bl_mend_sql(struct bl_mend *mend, const struct bobolink_object *missing, const char **sql,
		const char **reason)
{
	const struct bobolink_object *host = bl_mend_host(mend, missing);
	int rc = BOBOLINK_OK;

	*sql = *reason = "";
	if (host)
		*reason = bl_pool_format(&mend->pool, "made together with %s %s",
					 bobolink_object_kind_name(host->kind), host->name);
	else if (mend->dialect == BOBOLINK_DIALECT_POSTGRES)
		bl_mend_postgres(mend, missing, sql, reason);
	else
		rc = bl_mend_sqlite(mend, missing, sql, reason);
	return rc || mend->pool.failed ? BOBOLINK_NO_MEMORY : BOBOLINK_OK;
}
