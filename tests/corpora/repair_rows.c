/*
 * Rows for the tables of a corpus, and what they are in one number a table.
 */
#include "repair_sweep.h"

#include <stdio.h>
#include <string.h>

#define ROWS   2
#define ROUNDS 3

bool sweep_try(const struct sweep *sweep, struct door *door, const char *sql)
{
	struct bobolink_error error;

	return sweep->backend->execute(door->connection, sql, strlen(sql), 1, &error) ==
	       BOBOLINK_OK;
}

bool sweep_on_postgres(const struct sweep *sweep)
{
	return sweep->backend->dialect == BOBOLINK_DIALECT_POSTGRES;
}

const char *sweep_quoted(const char *schema, const char *name, char text[NAME])
{
	size_t length = 0;

	for (const char *part = *schema ? schema : name; part;
	     part = part == schema && part != name ? name : NULL) {
		length += (size_t)snprintf(text + length, NAME - length, "%s\"",
					   part == name && *schema ? "." : "");
		for (const char *at = part; *at && length + 4 < NAME; at++) {
			if (*at == '"')
				text[length++] = '"';
			text[length++] = *at;
		}
		length += (size_t)snprintf(text + length, NAME - length, "\"");
	}
	return text;
}

static bool contains(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

/* Row `n` of a column that must have a value: something of its type, the same for keys and what refers to them. */
static void value_of(const char *type, int n, char value[80])
{
	static const struct {
		const char *type;
		const char *form;
	} forms[] = {
		{ "json", "'{}'" },
		{ "uuid", "'00000000-0000-0000-0000-00000000000%d'" },
		{ "timestamp", "'2026-01-0%d 00:00:00'" },
		{ "date", "'2026-01-0%d'" },
		{ "DATE", "'2026-01-0%d'" },
		{ "bool", "false" },
		{ "BOOL", "0" },
		{ "bytea", "'\\x0%d'" },
		{ "BLOB", "x'0%d'" },
		{ "[]", "'{}'" },
		{ "interval", "'%d s'" },
		{ "inet", "'10.0.0.%d'" },
	};
	const char *form = "'%d'";

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (contains(type, forms[i].type)) {
			form = forms[i].form;
			break;
		}
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(value, 80, form, n);
#pragma GCC diagnostic pop
}

static bool add_row(const struct sweep *sweep, struct door *door,
		    const struct bobolink_object *table, int n)
{
	char columns[20000] = "";
	char values[20000] = "";
	char sql[45000];
	char name[NAME];
	size_t c = 0;
	size_t v = 0;

	for (uint32_t i = 0; i < bobolink_inventory_count(sweep->whole); i++) {
		const struct bobolink_object *column = bobolink_inventory_object(sweep->whole, i);
		char value[80];

		if (column->kind != BOBOLINK_OBJECT_COLUMN ||
		    strcmp(column->schema, table->schema) != 0 ||
		    strcmp(column->parent, table->name) != 0 ||
		    contains(column->definition, "GENERATED ") ||
		    (contains(column->definition, "DEFAULT ") && sweep_on_postgres(sweep)) ||
		    c + NAME > sizeof(columns))
			continue;
		value_of(column->definition, n, value);
		c += (size_t)snprintf(columns + c, sizeof(columns) - c, "%s%s", c ? ", " : "",
				      sweep_quoted("", column->name, name));
		v += (size_t)snprintf(values + v, sizeof(values) - v, "%s%s", v ? ", " : "", value);
	}
	sweep_quoted(table->schema, table->name, name);
	if (c)
		snprintf(sql, sizeof(sql), "INSERT INTO %s (%s) VALUES (%s)", name, columns,
			 values);
	else
		snprintf(sql, sizeof(sql), "INSERT INTO %s DEFAULT VALUES", name);
	return sweep_try(sweep, door, sql);
}

void sweep_add_rows(const struct sweep *sweep, struct door *door)
{
	for (int n = 1; n <= ROUNDS * ROWS; n++) {
		for (uint32_t i = 0; i < bobolink_inventory_count(sweep->whole); i++) {
			const struct bobolink_object *table =
				bobolink_inventory_object(sweep->whole, i);

			if (table->kind == BOBOLINK_OBJECT_TABLE)
				add_row(sweep, door, table, n % ROWS + 1);
		}
	}
}

static int add_text(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct content *content = context;

	content->rows++;
	for (size_t i = 0; count && values[0].text && i < values[0].length; i++)
		content->hash = (content->hash ^ (unsigned char)values[0].text[i]) *
				UINT64_C(1099511628211);
	return 0;
}

/* A row as one text, without those of partitions: on SQLite the columns in the order of the inventory. */
static void select_rows(const struct sweep *sweep, const struct bobolink_object *table,
			char sql[45000])
{
	char name[NAME];
	size_t length = 0;

	if (sweep_on_postgres(sweep)) {
		snprintf(sql, 45000, "SELECT CAST(t AS text) FROM ONLY %s AS t ORDER BY 1",
			 sweep_quoted(table->schema, table->name, name));
		return;
	}
	length = (size_t)snprintf(sql, 45000, "SELECT ''");
	for (uint32_t i = 0; i < bobolink_inventory_count(sweep->whole); i++) {
		const struct bobolink_object *column = bobolink_inventory_object(sweep->whole, i);

		if (column->kind == BOBOLINK_OBJECT_COLUMN &&
		    strcmp(column->parent, table->name) == 0 && length + 2 * NAME < 45000)
			length += (size_t)snprintf(sql + length, 45000 - length,
						   " || quote(%s) || ','",
						   sweep_quoted("", column->name, name));
	}
	snprintf(sql + length, 45000 - length, " FROM %s ORDER BY 1",
		 sweep_quoted("", table->name, name));
}

void sweep_read(const struct sweep *sweep, struct door *door, struct contents *contents)
{
	contents->count = 0;
	for (uint32_t i = 0; i < bobolink_inventory_count(sweep->whole); i++) {
		const struct bobolink_object *table = bobolink_inventory_object(sweep->whole, i);
		struct content *content = &contents->items[contents->count];
		struct bobolink_error error;
		char sql[45000];

		if (table->kind != BOBOLINK_OBJECT_TABLE || contents->count == TABLES_MAX)
			continue;
		*content = (struct content){ table, UINT64_C(14695981039346656037), 0, false };
		select_rows(sweep, table, sql);
		content->known = sweep->backend->query(door->connection, sql, NULL, 0, add_text,
						       content, NULL, &error) == BOBOLINK_OK;
		contents->count++;
	}
}
