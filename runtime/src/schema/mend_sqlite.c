/*
 * Mend on SQLite: texts of the schema and statements of the set, each taken only when what it makes, read as the inventory
 * reads it, is what is expected; and ALTER TABLE ADD COLUMN within the limits of the manual (lang_altertable.html).
 */
#include <string.h>

#include "mend.h"
#include "mend_column.h"
#include "reference.h"
#include "sql_objects.h"
#include "../set.h"

/* Whether an object that a text makes is what is expected. */
static bool same_object(const struct bl_mend *mend, const struct bobolink_object *made)
{
	const struct bobolink_object *expected = bl_mend_find(mend->expected, made);

	if (!expected || strcmp(expected->definition, made->definition) == 0)
		return expected;
	return made->kind == BOBOLINK_OBJECT_FOREIGN_KEY &&
	       bl_reference_same(mend->expected, expected, mend->expected, made);
}

static const struct bobolink_object *find_in(const struct bl_group *group,
					     const struct bobolink_object *object)
{
	for (uint32_t i = 0; i < group->count; i++) {
		if (bl_object_order(&group->objects[i], object) == 0)
			return &group->objects[i];
	}
	return NULL;
}

static bool is_table(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_TABLE ||
	       object->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE;
}

/* What the text of a table makes beside the table. */
static bool is_of_table(const struct bobolink_object *object)
{
	return object->kind >= BOBOLINK_OBJECT_COLUMN && object->kind <= BOBOLINK_OBJECT_CHECK;
}

/* The objects that a text makes when it is run for `object`. */
static int read_text(struct bl_mend *mend, const struct bobolink_object *object, const char *sql,
		     struct bl_group **group)
{
	const struct bl_sql_row row = {
		.kind = is_table(object) ? BOBOLINK_OBJECT_TABLE : object->kind,
		.name = object->name,
		.table = object->parent,
		.sql = sql,
	};
	struct bl_group_builder builder;
	int rc;

	bl_group_builder_init(&builder, mend->allocator);
	rc = bl_sql_objects(&row, &builder);
	*group = rc ? NULL : bl_group_pack(&builder);
	bl_group_builder_release(&builder);
	return *group ? BOBOLINK_OK : BOBOLINK_NO_MEMORY;
}

/* Whether what the text leaves out of its table can be added to it: columns, with what comes along with them. */
static bool can_complete(struct bl_mend *mend, const struct bl_group *group,
			 const struct bobolink_object *table)
{
	const struct bl_mend_present present = { group, NULL };

	for (uint32_t i = 0; i < mend->expected->object_count; i++) {
		const struct bobolink_object *object = mend->expected->objects[i];

		if (!is_of_table(object) || strcmp(object->parent, table->name) != 0 ||
		    find_in(group, object))
			continue;
		if (object->kind == BOBOLINK_OBJECT_COLUMN
			    ? *bl_mend_column_reason(mend, &present, object)
			    : !bl_mend_column_of(mend, &present, object))
			return false;
	}
	return true;
}

/* Whether all that the text makes is expected, and is all, or can be made all. */
static bool is_expected(struct bl_mend *mend, const struct bl_group *group,
			const struct bobolink_object *object)
{
	for (uint32_t i = 0; i < group->count; i++) {
		if (!same_object(mend, &group->objects[i]))
			return false;
	}
	return object->kind != BOBOLINK_OBJECT_TABLE || can_complete(mend, group, object);
}

static int try_text(struct bl_mend *mend, const struct bobolink_object *object, const char *sql,
		    struct bl_group **group)
{
	int rc = read_text(mend, object, sql, group);

	if (rc == BOBOLINK_OK && !is_expected(mend, *group, object)) {
		bl_group_release(*group);
		*group = NULL;
	}
	return rc;
}

/* Whether a statement makes an object of this kind and name: CREATE … TABLE [IF NOT EXISTS] [main.]name. */
static bool makes(struct bl_mend *mend, const struct bl_sql_token *at,
		  const struct bobolink_object *object)
{
	const char *word = is_table(object)			     ? "TABLE"
			   : object->kind == BOBOLINK_OBJECT_INDEX   ? "INDEX"
			   : object->kind == BOBOLINK_OBJECT_TRIGGER ? "TRIGGER"
								     : "VIEW";

	if (!bl_sql_is(at++, "CREATE"))
		return false;
	if (bl_sql_is(at, "UNIQUE") || bl_sql_is(at, "VIRTUAL"))
		at++;
	if (!bl_sql_is(at++, word))
		return false;
	if (bl_sql_is(at, "IF") && bl_sql_is(at + 1, "NOT") && bl_sql_is(at + 2, "EXISTS"))
		at += 3;
	if (at->kind != BL_SQL_END && bl_sql_is_mark(at + 1, '.'))
		at += 2;
	return at->kind != BL_SQL_END && strcmp(bl_sql_name(&mend->pool, at), object->name) == 0;
}

static int try_statement(struct bl_mend *mend, const struct bobolink_object *object,
			 const char *text, struct bl_group **group)
{
	struct bl_sql_tokens tokens = { NULL, 0, 0 };
	int rc;

	*group = NULL;
	if (!strstr(text, object->name))
		return BOBOLINK_OK;
	rc = bl_sql_read(mend->allocator, text, strlen(text), &tokens);
	if (rc == BOBOLINK_OK && makes(mend, tokens.items, object))
		rc = try_text(mend, object, text, group);
	bl_memory_release(mend->allocator, tokens.items);
	return rc;
}

/* The newest statement of the applied part of the set that makes the object as it is expected. */
static int find_statement(struct bl_mend *mend, const struct bobolink_object *object,
			  const char **sql, struct bl_group **group)
{
	int rc = BOBOLINK_OK;

	for (uint32_t i = mend->count; i-- > 0 && rc == BOBOLINK_OK && !*group;) {
		const struct bobolink_section *up = &mend->set->migrations[i].up;

		for (uint32_t n = up->count; n-- > 0 && rc == BOBOLINK_OK && !*group;) {
			*sql = bl_set_text(mend->set, i,
					   bl_set_statement(mend->set, i, up, n)->text);
			rc = try_statement(mend, object, *sql, group);
		}
	}
	return rc;
}

/* `group` is what the text makes; NULL with "" for `sql`. */
static int find_text(struct bl_mend *mend, const struct bobolink_object *object, const char **sql,
		     struct bl_group **group)
{
	int rc = BOBOLINK_OK;

	*group = NULL;
	*sql = bl_mend_embedded(mend, object);
	if (**sql)
		rc = try_text(mend, object, *sql, group);
	if (rc == BOBOLINK_OK && !*group)
		rc = find_statement(mend, object, sql, group);
	if (!*group)
		*sql = "";
	return rc;
}

/* The text of a table is looked for once for all that belongs to it. */
static int take_table(struct bl_mend *mend, const struct bobolink_object *table)
{
	if (mend->table == table)
		return BOBOLINK_OK;
	bl_group_release(mend->table_group);
	mend->table = NULL;
	if (find_text(mend, table, &mend->table_sql, &mend->table_group))
		return BOBOLINK_NO_MEMORY;
	mend->table = table;
	return BOBOLINK_OK;
}

/* What is there now, once a missing table is made. */
static struct bl_mend_present presence(const struct bl_mend *mend,
				       const struct bobolink_object *table)
{
	bool missing = table && !bl_mend_find(mend->actual, table);

	return (struct bl_mend_present){ missing ? mend->table_group : NULL,
					 missing ? NULL : mend->actual };
}

const struct bobolink_object *bl_mend_sqlite_host(struct bl_mend *mend,
						  const struct bobolink_object *missing)
{
	const struct bobolink_object *table = bl_mend_parent(mend->expected, missing);
	struct bl_mend_present present;

	if (!is_of_table(missing) || !table)
		return NULL;
	if (!bl_mend_find(mend->actual, table)) {
		if (take_table(mend, table)) {
			mend->pool.failed = true;
			return NULL;
		}
		if (!mend->table_group || find_in(mend->table_group, missing))
			return table;
	}
	present = presence(mend, table);
	return missing->kind == BOBOLINK_OBJECT_COLUMN ? NULL
						       : bl_mend_column_of(mend, &present, missing);
}

static int mend_column(struct bl_mend *mend, const struct bobolink_object *missing,
		       const char **sql, const char **reason)
{
	const struct bl_mend_present present =
		presence(mend, bl_mend_parent(mend->expected, missing));

	*reason = bl_mend_column_reason(mend, &present, missing);
	if (!**reason)
		*sql = bl_mend_column_sql(mend, &present, missing);
	return BOBOLINK_OK;
}

int bl_mend_sqlite(struct bl_mend *mend, const struct bobolink_object *missing, const char **sql,
		   const char **reason)
{
	struct bl_group *group;
	int rc;

	if (missing->kind == BOBOLINK_OBJECT_COLUMN)
		return mend_column(mend, missing, sql, reason);
	if (is_of_table(missing)) {
		*reason = "SQLite cannot add a constraint to a table that exists: write a "
			  "migration that makes the table anew and copies its rows";
		return BOBOLINK_OK;
	}
	if (is_table(missing)) {
		rc = take_table(mend, missing);
		*sql = rc ? "" : mend->table_sql;
	} else {
		rc = find_text(mend, missing, sql, &group);
		bl_group_release(group);
	}
	if (rc == BOBOLINK_OK && !**sql)
		*reason = "its text at this version is not in this program: apply what is pending, "
			  "or write a migration that makes it";
	return rc;
}
