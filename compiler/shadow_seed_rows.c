/*
 * Rows: for each column of a table what goes into it, and the INSERT.
 *
 * A column whose default can stand is left out; a reference is a query of the parent's rows; values that a CHECK looks at are
 * chosen by asking the database which of the candidates it would take.
 */
#include "shadow_seed_rows.h"

#include <stdlib.h>
#include <string.h>

#include "shadow_seed_text.h"
#include "shadow_seed_values.h"
#include "support/buffer.h"

/* --- names ----------------------------------------------------------------------------------- */

static const char *quote(struct seeds *seeds, const char *text, char mark)
{
	char *quoted = arena_alloc(seeds->run->arena, 2 * strlen(text) + 3, 1);
	size_t length = 0;

	quoted[length++] = mark;
	for (; *text; text++) {
		if (*text == mark)
			quoted[length++] = mark;
		quoted[length++] = *text;
	}
	quoted[length] = mark;
	return quoted;
}

const char *seed_quote(struct seeds *seeds, const char *name)
{
	return quote(seeds, name, '"');
}

const char *seed_quote_text(struct seeds *seeds, const char *text)
{
	return quote(seeds, text, '\'');
}

const char *seed_quote_table(struct seeds *seeds, const char *schema, const char *name)
{
	return arena_format(seeds->run->arena, "%s.%s",
			    seed_quote(seeds, *schema ? schema : "main"), seed_quote(seeds, name));
}

/* --- what is known of the columns ------------------------------------------------------------ */

static bool is_unique(const struct bobolink_object *part)
{
	return part->kind == BOBOLINK_OBJECT_PRIMARY_KEY || part->kind == BOBOLINK_OBJECT_UNIQUE ||
	       part->kind == BOBOLINK_OBJECT_EXCLUDE ||
	       (part->kind == BOBOLINK_OBJECT_INDEX && strncmp(part->definition, "UNIQUE", 6) == 0);
}

static bool names_column(const struct seed_reference *reference, const char *column)
{
	for (size_t i = 0; i < reference->count; i++)
		if (strcmp(reference->columns[i], column) == 0)
			return true;
	return false;
}

static void relate(struct seed_rows *rows, struct seed_column *column)
{
	struct arena *arena = rows->seeds->run->arena;
	const char *name = column->object->name;

	for (size_t i = 0; i < rows->table->count; i++) {
		const struct bobolink_object *part = rows->table->parts[i];

		if (is_unique(part))
			column->distinct |= seed_mentions(part->definition, name);
		else if (part->kind == BOBOLINK_OBJECT_CHECK)
			column->checked |= seed_mentions(part->definition, name);
		else if (part->kind == BOBOLINK_OBJECT_FOREIGN_KEY && !column->foreign_key) {
			struct seed_reference reference = seed_reference(part->definition, arena);

			if (names_column(&reference, name))
				column->foreign_key = part;
		}
	}
}

static void add_check(struct seed_rows *rows, const char *condition)
{
	if (!*condition)
		return;
	rows->conditions =
		arena_grow(rows->seeds->run->arena, rows->conditions, rows->condition_count,
			   &rows->condition_capacity, sizeof(*rows->conditions));
	rows->conditions[rows->condition_count++] = (struct seed_condition){ condition, false };
}

/* The condition in CHECK ((a > 0)) NO INHERIT, and SQLite's (a > 0). */
static const char *condition_of(struct seed_rows *rows, const char *definition)
{
	const char *start = strchr(definition, '(');
	const char *end = strrchr(definition, ')');

	return start && end ? arena_copy(rows->seeds->run->arena, start, (size_t)(end - start) + 1)
			    : "";
}

static void read_values(struct seed_rows *rows, struct seed_column *column)
{
	struct seeds *seeds = rows->seeds;
	const char *type = column->text.type;
	const char *domain = "";

	seed_values_of_type(seeds, type, &column->values);
	if (seeds->run->set->database == DATABASE_POSTGRES)
		domain = seed_domain_check(seeds, type, column->sql_name);
	if (*domain) {
		column->checked = true;
		add_check(rows, domain);
		seed_values_of_check(seeds, type, domain, &column->values);
	}
	for (size_t i = 0; i < rows->table->count; i++)
		if (rows->table->parts[i]->kind == BOBOLINK_OBJECT_CHECK &&
		    seed_mentions(rows->table->parts[i]->definition, column->object->name))
			seed_values_of_check(seeds, type, rows->table->parts[i]->definition,
					     &column->values);
	if (strncmp(rows->table->self->definition, "PARTITION BY", 12) == 0 &&
	    seed_mentions(rows->table->self->definition, column->object->name)) {
		/* The lower bound is in the partition, the upper one is not. */
		column->distinct = false;
		seed_values_of_partitions(seeds, rows->table, type, &column->values);
	}
}

static void read_columns(struct seed_rows *rows)
{
	struct arena *arena = rows->seeds->run->arena;

	rows->columns = arena_alloc(arena, rows->table->count + 1, sizeof(*rows->columns));
	for (size_t i = 0; i < rows->table->count; i++) {
		const struct bobolink_object *part = rows->table->parts[i];
		struct seed_column *column = &rows->columns[rows->count];

		if (part->kind == BOBOLINK_OBJECT_CHECK)
			add_check(rows, condition_of(rows, part->definition));
		if (part->kind != BOBOLINK_OBJECT_COLUMN)
			continue;
		column->text = seed_column_text(part->definition, arena);
		if (column->text.generated)
			continue;
		rows->count++;
		column->object = part;
		column->sql_name = seed_quote(rows->seeds, part->name);
		relate(rows, column);
		read_values(rows, column);
	}
}

/* --- references ------------------------------------------------------------------------------ */

static const struct bobolink_object *find_column(const struct seed_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->parts[i]->kind == BOBOLINK_OBJECT_COLUMN &&
		    strcmp(table->parts[i]->name, name) == 0)
			return table->parts[i];
	return NULL;
}

bool seed_needs_parent(struct seeds *seeds, const struct seed_table *table,
		       const struct seed_reference *reference)
{
	for (size_t i = 0; i < reference->count; i++) {
		const struct bobolink_object *column = find_column(table, reference->columns[i]);

		if (column && !seed_column_text(column->definition, seeds->run->arena).not_null)
			return false;
	}
	return true;
}

/* The keys that a reference leads to: those it names, else the parent's primary key. */
static void complete(struct seeds *seeds, const struct seed_table *parent,
		     struct seed_reference *reference)
{
	struct seed_reference key;

	for (size_t i = 0; i < parent->count && reference->key_count == 0; i++) {
		if (parent->parts[i]->kind != BOBOLINK_OBJECT_PRIMARY_KEY)
			continue;
		key = seed_reference(parent->parts[i]->definition, seeds->run->arena);
		reference->keys = key.columns;
		reference->key_count = key.count;
	}
}

static const char *query_of(struct seeds *seeds, const struct seed_table *parent,
			    const struct seed_reference *reference, size_t key, uint32_t row)
{
	struct buffer sql = BUFFER_INIT;
	const char *copy;

	buffer_format(&sql, "(SELECT %s FROM %s ORDER BY ", seed_quote(seeds, reference->keys[key]),
		      parent->sql_name);
	for (size_t i = 0; i < reference->key_count; i++)
		buffer_format(&sql, "%s%s", i ? ", " : "", seed_quote(seeds, reference->keys[i]));
	buffer_format(&sql, " LIMIT 1 OFFSET %u)", (unsigned)row);
	copy = arena_copy(seeds->run->arena, sql.text, sql.length);
	buffer_release(&sql);
	return copy;
}

static struct seed_column *column_named(struct seed_rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->count; i++)
		if (strcmp(rows->columns[i].object->name, name) == 0)
			return &rows->columns[i];
	return NULL;
}

/* How many other columns before this one refer to a table. */
static uint32_t keys_before(const struct seed_rows *rows, const struct seed_column *column)
{
	uint32_t count = 0;

	for (const struct seed_column *other = rows->columns; other < column; other++)
		count += other->foreign_key && other->foreign_key != column->foreign_key;
	return count;
}

/* A value of the parent's row, NULL where there may be none, or one of the row itself. */
static const char *referred(struct seed_rows *rows, struct seed_column *column, uint32_t row)
{
	struct seeds *seeds = rows->seeds;
	struct seed_reference reference =
		seed_reference(column->foreign_key->definition, seeds->run->arena);
	const struct seed_table *parent = seed_find(seeds, reference.schema, reference.table);
	struct seed_column *own;
	size_t i = 0;

	while (strcmp(reference.columns[i], column->object->name) != 0)
		i++;
	if (parent)
		complete(seeds, parent, &reference);
	if (!parent || i >= reference.key_count)
		return column->text.not_null ? NULL : "NULL";
	if (parent != rows->table)
		return query_of(seeds, parent, &reference, i,
				rows->spread	   ? (row + keys_before(rows, column)) % SEED_ROWS
				: column->distinct ? row
						   : 0);
	if (!column->text.not_null)
		return "NULL";
	own = column_named(rows, reference.keys[i]);
	return own && !own->foreign_key ? own->chosen[row] : NULL;
}

/* --- choices --------------------------------------------------------------------------------- */

/* Defaults that give each row a value of its own; those of sequences are not used, so that they count from 1. */
static bool has_own_default(const struct seed_column *column)
{
	const char *definition = column->object->definition;

	return column->text.has_default &&
	       (strstr(definition, "uuid") || strstr(definition, "random"));
}

static bool is_left_out(const struct seed_column *column)
{
	if (column->foreign_key || column->checked)
		return false;
	if (has_own_default(column))
		return true;
	return column->text.has_default && !column->distinct;
}

static void choose_plain(struct seed_rows *rows, struct seed_column *column)
{
	const struct seed_values *values = &column->values;
	bool other =
		rows->texts && !column->checked && seed_is_text(rows->seeds, column->text.type);

	for (uint32_t row = 0; row < SEED_ROWS; row++) {
		if (is_left_out(column))
			column->chosen[row] = NULL;
		else if (other)
			column->chosen[row] = rows->texts[column->distinct ? row : 0];
		else if (values->count)
			column->chosen[row] =
				values->items[column->distinct && row < values->count ? row : 0];
		else
			column->chosen[row] = column->text.not_null ? NULL : "NULL";
	}
}

static void choose_references(struct seed_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		for (uint32_t row = 0; rows->columns[i].foreign_key && row < SEED_ROWS; row++)
			rows->columns[i].chosen[row] = referred(rows, &rows->columns[i], row);
}

static void choose(struct seed_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		choose_plain(rows, &rows->columns[i]);
	seed_checks_choose(rows);
	choose_references(rows);
}

/* --- the statement --------------------------------------------------------------------------- */

/* The least that a row needs, where all of it was refused. */
static bool is_wanted(const struct seed_column *column, bool least)
{
	return column->chosen[0] &&
	       (!least || (column->text.not_null && !column->text.has_default));
}

static int insert(struct seed_rows *rows, uint32_t from, uint32_t to, bool least,
		  struct bobolink_error *error)
{
	struct shadow_run *run = rows->seeds->run;
	struct buffer sql = BUFFER_INIT;
	bool any = false;
	int rc;

	buffer_format(&sql, "INSERT INTO %s", rows->table->sql_name);
	for (size_t i = 0; i < rows->count; i++) {
		if (!is_wanted(&rows->columns[i], least))
			continue;
		buffer_format(&sql, "%s%s", any ? ", " : " (", rows->columns[i].sql_name);
		any = true;
	}
	buffer_add_text(&sql, any ? ") VALUES " : " DEFAULT VALUES");
	for (uint32_t row = from; any && row < to; row++) {
		bool first = true;

		for (size_t i = 0; i < rows->count; i++) {
			if (!is_wanted(&rows->columns[i], least))
				continue;
			buffer_format(&sql, "%s%s", first ? (row > from ? ", (" : "(") : ", ",
				      rows->columns[i].chosen[row]);
			first = false;
		}
		buffer_add_text(&sql, ")");
	}
	rc = run->backend->query(run->connection, sql.text, NULL, 0, NULL, NULL, NULL, error);
	if (rc == BOBOLINK_NO_MEMORY)
		arena_exhausted();
	buffer_release(&sql);
	return rc;
}

/* Both rows, one, the least of one. */
static bool insert_some(struct seed_rows *rows, uint32_t from, struct bobolink_error *first)
{
	struct bobolink_error error;

	return insert(rows, from, SEED_ROWS, false, first) == BOBOLINK_OK ||
	       (from + 1 < SEED_ROWS &&
		insert(rows, from, from + 1, false, &error) == BOBOLINK_OK) ||
	       insert(rows, from, from + 1, true, &error) == BOBOLINK_OK;
}

/* Where a trigger or an index reads something out of a text, it may be one of these. */
static bool insert_other(struct seed_rows *rows, uint32_t from)
{
	static const char *const texts[][SEED_ROWS] = { { "'1'", "'2'" },
							{ "'1.0.0'", "'2.0.0'" },
							{ "'{}'", "'{\"a\": 1}'" } };
	struct bobolink_error error;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		rows->texts = texts[i];
		choose(rows);
		if (insert_some(rows, from, &error))
			return true;
	}
	rows->texts = NULL;
	rows->spread = true;
	choose(rows);
	return insert_some(rows, from, &error);
}

/* The table without rows that this one cannot do without, or NULL. */
static const struct seed_table *empty_parent(const struct seed_rows *rows)
{
	for (size_t i = 0; i < rows->table->count; i++) {
		const struct bobolink_object *part = rows->table->parts[i];
		struct seed_reference reference;
		const struct seed_table *parent;

		if (part->kind != BOBOLINK_OBJECT_FOREIGN_KEY)
			continue;
		reference = seed_reference(part->definition, rows->seeds->run->arena);
		parent = seed_find(rows->seeds, reference.schema, reference.table);
		if (parent && parent != rows->table && parent->is_empty &&
		    seed_needs_parent(rows->seeds, rows->table, &reference))
			return parent;
	}
	return NULL;
}

static const char *add_rows(struct seed_rows *rows, uint32_t from)
{
	struct arena *arena = rows->seeds->run->arena;
	const struct seed_table *parent = empty_parent(rows);
	struct bobolink_error first;

	if (parent)
		return arena_format(arena, "\"%s\", which it refers to, is empty", parent->name);
	choose(rows);
	if (insert_some(rows, from, &first) || insert_other(rows, from))
		return NULL;
	return arena_copy(arena, first.message, strlen(first.message));
}

const char *seed_rows_add(struct seeds *seeds, struct seed_table *table)
{
	struct seed_rows rows = { .seeds = seeds, .table = table };
	const char *reason;

	read_columns(&rows);
	reason = add_rows(&rows, table->rows < SEED_ROWS ? table->rows : SEED_ROWS - 1);
	table->seeded |= !reason;
	table->is_empty = reason && !table->rows;
	return table->is_empty ? reason : NULL;
}
