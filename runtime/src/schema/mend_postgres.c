/*
 * Mend on PostgreSQL: the statements that the inventory renders, and where they are not those of this version, texts composed
 * of definitions. Names are in full; such texts mean what they say with search_path = pg_catalog.
 *
 * A composed text lacks the quotes around words that are keywords to some server only: who runs it compares what it made
 * with what was expected.
 */
#include <string.h>

#include "mend.h"
#include "mend_sequence.h"
#include "postgres_text.h"

static void add(struct bl_text *text, const char *words)
{
	bl_text_add(text, words, strlen(words));
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
	size_t length = strlen(text);

	return length >= strlen(with) && strcmp(text + length - strlen(with), with) == 0;
}

/* Tables whose columns are not all their own. */
static bool has_parent(const struct bobolink_object *table)
{
	return begins(table->definition, "PARTITION OF ") || begins(table->definition, "OF ") ||
	       strstr(table->definition, "INHERITS (");
}

static bool is_column_of(const struct bobolink_object *object, const struct bobolink_object *table)
{
	return object->kind == BOBOLINK_OBJECT_COLUMN &&
	       strcmp(object->schema, table->schema) == 0 &&
	       strcmp(object->parent, table->name) == 0;
}

/* Whether each column of a table in one inventory is the same in the other one. */
static bool has_columns(const struct bobolink_inventory *inventory,
			const struct bobolink_inventory *others,
			const struct bobolink_object *table, bool all)
{
	uint32_t i;

	for (i = bl_inventory_place(inventory, table); i < inventory->object_count; i++) {
		const struct bobolink_object *object = inventory->objects[i];
		const struct bobolink_object *other;

		if (bl_object_place_order(object, table) != 0)
			break;
		if (!is_column_of(object, table))
			continue;
		other = bl_mend_find(others, object);
		if (other ? !bl_postgres_same(object->definition, other->definition) : all)
			return false;
	}
	return true;
}

/* Whether the embedded text, which is that of the last version, makes what is expected at this one. */
static bool is_current(const struct bl_mend *mend, const struct bobolink_object *object)
{
	const struct bobolink_object *head = bl_mend_find(mend->head, object);

	if (!head || !head->sql[0] || !bl_postgres_same(object->definition, head->definition))
		return false;
	/* Inherited columns carry no SQL and need not be among those of the head. */
	return object->kind != BOBOLINK_OBJECT_TABLE ||
	       (has_columns(mend->head, mend->expected, object, true) &&
		has_columns(mend->expected, mend->head, object, !has_parent(object)));
}

static void add_columns(const struct bl_mend *mend, const struct bobolink_object *table,
			struct bl_text *text)
{
	const struct bobolink_inventory *expected = mend->expected;
	const char *before = "(";

	for (uint32_t i = bl_inventory_place(expected, table); i < expected->object_count; i++) {
		const struct bobolink_object *column = expected->objects[i];

		if (bl_object_place_order(column, table) != 0)
			break;
		if (!is_column_of(column, table))
			continue;
		add(text, before);
		bl_mend_add_name(text, column->name);
		add(text, " ");
		bl_mend_add_definition(text, column->definition);
		before = ", ";
	}
	add(text, *before == '(' ? "()" : ")");
}

/* False for what only the server that rendered it knows: children, foreign tables. */
static bool compose_table(const struct bl_mend *mend, const struct bobolink_object *table,
			  struct bl_text *text)
{
	const char *rest = table->definition;
	bool unlogged = begins(rest, "UNLOGGED");

	rest += unlogged ? strlen("UNLOGGED") : 0;
	rest += *rest == ' ';
	if (begins(rest, "FOREIGN") || (has_parent(table) && !begins(rest, "PARTITION OF ")))
		return false;
	add(text, unlogged ? "CREATE UNLOGGED TABLE " : "CREATE TABLE ");
	bl_mend_add_place(text, table->schema, table->name);
	add(text, " ");
	if (!begins(rest, "PARTITION OF "))
		add_columns(mend, table, text);
	add(text, *rest ? " " : "");
	add(text, rest);
	return true;
}

static void compose_column(const struct bobolink_object *column, struct bl_text *text)
{
	add(text, "ALTER TABLE ");
	bl_mend_add_place(text, column->schema, column->parent);
	add(text, " ADD COLUMN ");
	bl_mend_add_name(text, column->name);
	add(text, " ");
	bl_mend_add_definition(text, column->definition);
}

static void compose_constraint(const struct bobolink_object *object, struct bl_text *text)
{
	add(text, "ALTER TABLE ");
	bl_mend_add_place(text, object->schema, object->parent);
	add(text, " ADD CONSTRAINT ");
	bl_mend_add_name(text, object->name);
	add(text, " ");
	add(text, object->definition);
}

static void compose_index(const struct bobolink_object *object, struct bl_text *text)
{
	bool unique = begins(object->definition, "UNIQUE ");

	add(text, unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
	bl_mend_add_name(text, object->name);
	add(text, " ON ");
	bl_mend_add_place(text, object->schema, object->parent);
	add(text, " ");
	add(text, object->definition + (unique ? strlen("UNIQUE ") : 0));
}

static void compose_trigger(const struct bobolink_object *object, struct bl_text *text)
{
	bool constraint = begins(object->definition, "CONSTRAINT ");

	add(text, constraint ? "CREATE CONSTRAINT TRIGGER " : "CREATE TRIGGER ");
	bl_mend_add_name(text, object->name);
	add(text, " ");
	add(text, object->definition + (constraint ? strlen("CONSTRAINT ") : 0));
}

static void compose_row_security(const struct bobolink_object *object, struct bl_text *text)
{
	add(text, "ALTER TABLE ");
	bl_mend_add_place(text, object->schema, object->parent);
	add(text, begins(object->definition, "ENABLE") ? " ENABLE ROW LEVEL SECURITY" : "");
	add(text, strcmp(object->definition, "ENABLE, FORCE") == 0 ? "," : "");
	add(text, ends(object->definition, "FORCE") ? " FORCE ROW LEVEL SECURITY" : "");
}

static void compose_policy(const struct bobolink_object *object, struct bl_text *text)
{
	add(text, "CREATE POLICY ");
	bl_mend_add_name(text, object->name);
	add(text, " ON ");
	bl_mend_add_place(text, object->schema, object->parent);
	add(text, " ");
	add(text, object->definition);
}

/* CREATE words name between definition: what has its name in front. */
static bool compose_named(const struct bobolink_object *object, struct bl_text *text)
{
	static const struct {
		int32_t kind;
		const char *words;
		const char *between;
	} forms[] = {
		{ BOBOLINK_OBJECT_ENUM, "TYPE", " AS ENUM " },
		{ BOBOLINK_OBJECT_DOMAIN, "DOMAIN", " AS " },
		{ BOBOLINK_OBJECT_COMPOSITE, "TYPE", " AS " },
		{ BOBOLINK_OBJECT_RANGE, "TYPE", " AS RANGE " },
		{ BOBOLINK_OBJECT_SEQUENCE, "SEQUENCE", " " },
		{ BOBOLINK_OBJECT_SCHEMA, "SCHEMA", "" },
		{ BOBOLINK_OBJECT_EXTENSION, "EXTENSION", " " },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (forms[i].kind != object->kind)
			continue;
		add(text, "CREATE ");
		add(text, forms[i].words);
		add(text, " ");
		if (*object->schema)
			bl_mend_add_place(text, object->schema, object->name);
		else
			bl_mend_add_name(text, object->name);
		add(text, forms[i].between);
		add(text, object->definition);
		return true;
	}
	return false;
}

/* False for what the definition does not tell: views, rules, functions. */
static bool compose(const struct bl_mend *mend, const struct bobolink_object *object,
		    struct bl_text *text)
{
	switch (object->kind) {
	case BOBOLINK_OBJECT_TABLE:
		return compose_table(mend, object, text);
	case BOBOLINK_OBJECT_COLUMN:
		compose_column(object, text);
		return true;
	case BOBOLINK_OBJECT_PRIMARY_KEY:
	case BOBOLINK_OBJECT_UNIQUE:
	case BOBOLINK_OBJECT_EXCLUDE:
	case BOBOLINK_OBJECT_FOREIGN_KEY:
	case BOBOLINK_OBJECT_CHECK:
		compose_constraint(object, text);
		return true;
	case BOBOLINK_OBJECT_INDEX:
		compose_index(object, text);
		return true;
	case BOBOLINK_OBJECT_TRIGGER:
		compose_trigger(object, text);
		return true;
	case BOBOLINK_OBJECT_ROW_SECURITY:
		compose_row_security(object, text);
		return true;
	case BOBOLINK_OBJECT_POLICY:
		compose_policy(object, text);
		return true;
	default:
		return compose_named(object, text);
	}
}

/* What one statement cannot bring about. */
static const char *refuse(const struct bobolink_object *object)
{
	const char *definition = object->definition;

	if (object->kind == BOBOLINK_OBJECT_INDEX && ends(definition, " INVALID"))
		return "the index that the migration left was not valid: write a migration that "
		       "makes it";
	if ((object->kind == BOBOLINK_OBJECT_TRIGGER &&
	     (ends(definition, " DISABLED") || ends(definition, " REPLICA") ||
	      ends(definition, " ALWAYS"))) ||
	    (object->kind == BOBOLINK_OBJECT_RULE &&
	     (strstr(definition, " DISABLED AS ") || strstr(definition, " REPLICA AS ") ||
	      strstr(definition, " ALWAYS AS "))))
		return "it is not fired like others, and would be for a moment: write a migration "
		       "that makes it and sets that";
	return "";
}

/* OR REPLACE would change a function that is there. */
static const char *without_replace(struct bl_mend *mend, const char *sql)
{
	static const char words[] = "CREATE OR REPLACE ";

	if (!begins(sql, words))
		return sql;
	return bl_pool_format(&mend->pool, "CREATE %s", sql + strlen(words));
}

/* A column that comes from a parent table, and is added to that. */
static bool is_inherited(const struct bl_mend *mend, const struct bobolink_object *object)
{
	const struct bobolink_object *table = bl_mend_parent(mend->expected, object);

	return object->kind == BOBOLINK_OBJECT_COLUMN && table && has_parent(table) &&
	       !bl_mend_find(mend->head, object);
}

void bl_mend_postgres(struct bl_mend *mend, const struct bobolink_object *missing, const char **sql,
		      const char **reason)
{
	struct bl_text text;

	*reason = refuse(missing);
	if (**reason)
		return;
	if (is_current(mend, missing)) {
		*sql = without_replace(mend, bl_mend_embedded(mend, missing));
		*sql = bl_mend_with_sequences(mend, missing, false, *sql);
		return;
	}
	if (is_inherited(mend, missing)) {
		*reason = "it comes from the parent of its table: it is made where it is added "
			  "there";
		return;
	}
	bl_text_init(&text, mend->allocator);
	if (compose(mend, missing, &text) && text.text)
		*sql = bl_pool_copy(&mend->pool, text.text, text.length);
	if (**sql)
		*sql = bl_mend_with_sequences(mend, missing, true, *sql);
	mend->pool.failed |= text.failed;
	bl_text_release(&text);
	if (!**sql)
		*reason = "its text at this version is not in this program: apply what is pending, "
			  "or write a migration that makes it";
}

/* The missing column of a parent table that this one comes from. */
static const struct bobolink_object *find_inherited(struct bl_mend *mend,
						    const struct bobolink_object *column,
						    const struct bobolink_object *table)
{
	for (uint32_t i = 0; i < mend->expected->object_count; i++) {
		const struct bobolink_object *other = mend->expected->objects[i];

		if (other->kind == BOBOLINK_OBJECT_COLUMN && other != column &&
		    strcmp(other->name, column->name) == 0 && !bl_mend_find(mend->actual, other) &&
		    strstr(table->definition,
			   bl_pool_format(&mend->pool, "%s.%s", other->schema, other->parent)))
			return other;
	}
	return NULL;
}

const struct bobolink_object *bl_mend_postgres_host(struct bl_mend *mend,
						    const struct bobolink_object *missing)
{
	const struct bobolink_object *table;

	if (missing->kind != BOBOLINK_OBJECT_COLUMN)
		return NULL;
	table = bl_mend_parent(mend->expected, missing);
	if (!table || !bl_mend_find(mend->actual, table))
		return table;
	return is_inherited(mend, missing) ? find_inherited(mend, missing, table) : NULL;
}
