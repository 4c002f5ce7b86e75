/*
 * Columns: what ALTER TABLE ADD COLUMN may add, decided from the canonical definition.
 *
 * The limits are those of lang_altertable.html, section 4. Newer versions of SQLite take some of it for an empty
 * table; what works today because a table is empty is not offered, so that the answer does not depend on rows.
 */
#include "mend_column.h"

#include <string.h>

#include "sql_token.h"

static bool is_present(const struct bl_mend_present *present, const struct bobolink_object *object)
{
	if (!present->group)
		return bl_mend_find(present->inventory, object) != NULL;
	for (uint32_t i = 0; i < present->group->count; i++) {
		if (bl_object_order(&present->group->objects[i], object) == 0)
			return true;
	}
	return false;
}

static bool is_sibling(const struct bobolink_object *one, const struct bobolink_object *other)
{
	return strcmp(one->parent, other->parent) == 0;
}

/* "(name)", as constraints of one column write it. */
static const char *in_parentheses(struct bl_mend *mend, const char *name)
{
	struct bl_text text;
	const char *made;

	bl_text_init(&text, mend->allocator);
	bl_text_add(&text, "(", 1);
	bl_sql_add_name(&text, name);
	bl_text_add(&text, ")", 1);
	mend->pool.failed |= text.failed;
	made = text.text ? bl_pool_copy(&mend->pool, text.text, text.length) : "";
	bl_text_release(&text);
	return made;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Whether a definition names the column somewhere. */
static bool names(struct bl_mend *mend, const char *definition, const char *name)
{
	struct bl_sql_tokens tokens = { NULL, 0, 0 };
	bool found = false;

	if (bl_sql_read(mend->allocator, definition, strlen(definition), &tokens))
		mend->pool.failed = true;
	for (uint32_t i = 0; i < tokens.count && !found; i++) {
		const struct bl_sql_token *token = &tokens.items[i];

		found = (token->kind == BL_SQL_WORD || token->kind == BL_SQL_NAME) &&
			strcmp(bl_sql_name(&mend->pool, token), name) == 0;
	}
	bl_memory_release(mend->allocator, tokens.items);
	return found;
}

/* The only missing column that a check names; NULL when there are none, or several. */
static const struct bobolink_object *column_of_check(struct bl_mend *mend,
						     const struct bl_mend_present *present,
						     const struct bobolink_object *check)
{
	const struct bobolink_object *only = NULL;

	for (uint32_t i = 0; i < mend->expected->object_count; i++) {
		const struct bobolink_object *column = mend->expected->objects[i];

		if (column->kind != BOBOLINK_OBJECT_COLUMN || !is_sibling(column, check) ||
		    is_present(present, column) || !names(mend, check->definition, column->name))
			continue;
		if (only)
			return NULL;
		only = column;
	}
	return only;
}

static const struct bobolink_object *column_of_key(struct bl_mend *mend,
						   const struct bl_mend_present *present,
						   const struct bobolink_object *key)
{
	for (uint32_t i = 0; i < mend->expected->object_count; i++) {
		const struct bobolink_object *column = mend->expected->objects[i];

		if (column->kind == BOBOLINK_OBJECT_COLUMN && is_sibling(column, key) &&
		    !is_present(present, column) &&
		    begins(key->definition, in_parentheses(mend, column->name)))
			return column;
	}
	return NULL;
}

const struct bobolink_object *bl_mend_column_of(struct bl_mend *mend,
						const struct bl_mend_present *present,
						const struct bobolink_object *constraint)
{
	if (constraint->kind == BOBOLINK_OBJECT_CHECK)
		return column_of_check(mend, present, constraint);
	if (constraint->kind == BOBOLINK_OBJECT_FOREIGN_KEY)
		return column_of_key(mend, present, constraint);
	return NULL;
}

/* A constraint of the table that comes along with the column. */
static bool comes_along(struct bl_mend *mend, const struct bl_mend_present *present,
			const struct bobolink_object *object, const struct bobolink_object *column)
{
	return is_sibling(object, column) && !is_present(present, object) &&
	       bl_mend_column_of(mend, present, object) == column;
}

/* What a column's definition says that matters here. */
struct traits {
	bool not_null;
	bool stored;
	const struct bl_sql_token *value; /* behind DEFAULT; NULL for none */
};

static struct traits traits_of(const struct bl_sql_token *token)
{
	struct traits traits = { false, false, NULL };
	uint32_t depth = 0;

	for (; token->kind != BL_SQL_END; token++) {
		depth += bl_sql_is_mark(token, '(');
		depth -= bl_sql_is_mark(token, ')') && depth;
		if (depth)
			continue;
		traits.stored |= bl_sql_is(token, "STORED");
		traits.not_null |= bl_sql_is(token, "NOT") && bl_sql_is(token + 1, "NULL");
		if (bl_sql_is(token, "DEFAULT"))
			traits.value = token + 1;
	}
	return traits;
}

/* A literal, with a sign or in parentheses or not. */
static bool is_constant(const struct bl_sql_token *token)
{
	bool inside = bl_sql_is_mark(token, '(');

	token += inside;
	if (bl_sql_is_mark(token, '-') || bl_sql_is_mark(token, '+'))
		token++;
	if (bl_sql_is(token, "CURRENT_TIME") || bl_sql_is(token, "CURRENT_DATE") ||
	    bl_sql_is(token, "CURRENT_TIMESTAMP"))
		return false;
	return !bl_sql_is_mark(token, '(') && (!inside || bl_sql_is_mark(token + 1, ')'));
}

static bool is_null(const struct bl_sql_token *value)
{
	return !value || bl_sql_is(value + bl_sql_is_mark(value, '('), "NULL");
}

/* A key that the column is part of; it cannot be added with it, nor afterwards. */
static bool has_key(struct bl_mend *mend, const struct bl_mend_present *present,
		    const struct bobolink_object *column)
{
	for (uint32_t i = 0; i < mend->expected->object_count; i++) {
		const struct bobolink_object *key = mend->expected->objects[i];

		if ((key->kind == BOBOLINK_OBJECT_PRIMARY_KEY ||
		     key->kind == BOBOLINK_OBJECT_UNIQUE) &&
		    is_sibling(key, column) && !is_present(present, key) &&
		    names(mend, key->definition, column->name))
			return true;
	}
	return false;
}

static bool has_reference(struct bl_mend *mend, const struct bl_mend_present *present,
			  const struct bobolink_object *column)
{
	for (uint32_t i = 0; i < mend->expected->object_count; i++) {
		const struct bobolink_object *key = mend->expected->objects[i];

		if (key->kind == BOBOLINK_OBJECT_FOREIGN_KEY &&
		    comes_along(mend, present, key, column))
			return true;
	}
	return false;
}

#define REBUILD ": write a migration that makes the table anew and copies its rows"

const char *bl_mend_column_reason(struct bl_mend *mend, const struct bl_mend_present *present,
				  const struct bobolink_object *column)
{
	struct bl_sql_tokens tokens = { NULL, 0, 0 };
	const char *reason = "";
	struct traits traits;

	if (bl_sql_read(mend->allocator, column->definition, strlen(column->definition), &tokens)) {
		bl_memory_release(mend->allocator, tokens.items);
		mend->pool.failed = true;
		return "";
	}
	traits = traits_of(tokens.items);
	if (has_key(mend, present, column))
		reason = "SQLite cannot add a column that is part of a primary key or "
			 "UNIQUE" REBUILD;
	else if (traits.stored)
		reason = "SQLite cannot add a generated column that is STORED" REBUILD;
	else if (traits.value && !is_constant(traits.value))
		reason = "SQLite cannot add a column whose default is not a constant" REBUILD;
	else if (traits.not_null && is_null(traits.value))
		reason = "SQLite cannot add a column that is NOT NULL and has no default" REBUILD;
	else if (!is_null(traits.value) && has_reference(mend, present, column))
		reason = "SQLite cannot add a column that references another table and has a "
			 "default" REBUILD;
	bl_memory_release(mend->allocator, tokens.items);
	return reason;
}

static void add(struct bl_text *text, const char *words)
{
	bl_text_add(text, words, strlen(words));
}

/* A constraint as it stands at its column. Where the name is made of its kind and columns it has none. */
static void add_constraint(struct bl_mend *mend, const struct bobolink_object *object,
			   const struct bobolink_object *column, struct bl_text *text)
{
	const char *kind = bobolink_object_kind_name(object->kind);

	if (!begins(object->name, kind) || object->name[strlen(kind)] != '(') {
		add(text, " CONSTRAINT ");
		bl_sql_add_name(text, object->name);
	}
	if (object->kind == BOBOLINK_OBJECT_CHECK) {
		add(text, " CHECK ");
		add(text, object->definition);
	} else {
		add(text, object->definition + strlen(in_parentheses(mend, column->name)));
	}
}

const char *bl_mend_column_sql(struct bl_mend *mend, const struct bl_mend_present *present,
			       const struct bobolink_object *column)
{
	struct bl_text text;
	const char *sql;

	bl_text_init(&text, mend->allocator);
	add(&text, "ALTER TABLE ");
	bl_sql_add_name(&text, column->parent);
	add(&text, " ADD COLUMN ");
	bl_sql_add_name(&text, column->name);
	add(&text, *column->definition ? " " : "");
	add(&text, column->definition);
	for (uint32_t i = 0; i < mend->expected->object_count; i++) {
		const struct bobolink_object *object = mend->expected->objects[i];

		if (comes_along(mend, present, object, column))
			add_constraint(mend, object, column, &text);
	}
	mend->pool.failed |= text.failed;
	sql = text.text ? bl_pool_copy(&mend->pool, text.text, text.length) : "";
	bl_text_release(&text);
	return sql;
}
