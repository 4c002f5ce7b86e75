/*
 * Constraints of a table: keys, references and checks, at a column or on their own. Both forms give
 * the same object. What SQLite takes for granted is left out of definitions.
 */
#include <string.h>

#include "sql_table.h"

static const char *since(struct bl_sql_table *table, const struct bl_sql_token *from)
{
	return bl_sql_since(table->parser, from);
}

static struct bl_text text_new(const struct bl_sql_table *table)
{
	struct bl_text text;

	bl_text_init(&text, table->parser->builder->pool.allocator);
	return text;
}

static void add(struct bl_text *text, const char *words)
{
	bl_text_add(text, words, strlen(words));
}

/* ON CONFLICT x, or "" where it is ABORT. */
static const char *read_conflict(struct bl_sql_table *table)
{
	struct bl_sql_parser *parser = table->parser;
	const struct bl_sql_token *from = parser->at;

	if (!bl_sql_is(from, "ON") || !bl_sql_is(from + 1, "CONFLICT"))
		return "";
	parser->at += 2;
	if (bl_sql_accept(parser, "ABORT"))
		return "";
	bl_sql_skip(parser);
	return since(table, from);
}

/* The name of a nameless constraint: its kind and what stands in the parentheses. */
static const char *make_name(struct bl_sql_table *table, const char *name, int32_t kind,
			     const char *columns)
{
	if (name)
		return name;
	return bl_pool_format(&table->parser->builder->pool, "%s%s",
			      bobolink_object_kind_name(kind), columns);
}

/* One column of a list: a name with COLLATE and DESC. */
static void add_list_item(struct bl_sql_table *table, struct bl_text *columns)
{
	struct bl_sql_parser *parser = table->parser;

	bl_sql_add_name(columns, bl_sql_name(&parser->builder->pool, parser->at));
	bl_sql_skip(parser);
	if (bl_sql_accept(parser, "COLLATE")) {
		add(columns, " COLLATE ");
		bl_sql_add_name(columns, bl_sql_name(&parser->builder->pool, parser->at));
		bl_sql_skip(parser);
	}
	if (bl_sql_accept(parser, "DESC"))
		add(columns, " DESC");
	else
		bl_sql_accept(parser, "ASC");
}

/* "(a, b DESC)"; the column itself where the constraint stands at one. `autoincrement` may be NULL. */
static const char *read_columns(struct bl_sql_table *table, const struct bl_sql_column *column,
				bool *autoincrement)
{
	struct bl_sql_parser *parser = table->parser;
	struct bl_text columns = text_new(table);

	add(&columns, "(");
	if (column) {
		bl_sql_add_name(&columns, column->name);
		if (bl_sql_accept(parser, "DESC"))
			add(&columns, " DESC");
		else
			bl_sql_accept(parser, "ASC");
	} else if (bl_sql_is_mark(parser->at, '(')) {
		parser->at++;
		while (parser->at->kind != BL_SQL_END && !bl_sql_is_mark(parser->at, ')')) {
			if (bl_sql_is_mark(parser->at, ',')) {
				add(&columns, ", ");
				parser->at++;
			} else if (autoincrement && bl_sql_accept(parser, "AUTOINCREMENT")) {
				*autoincrement = true;
			} else {
				add_list_item(table, &columns);
			}
		}
		bl_sql_skip(parser);
	}
	add(&columns, ")");
	return bl_sql_keep(parser, &columns);
}

static const char *join(struct bl_sql_table *table, const char *one, const char *two,
			const char *three)
{
	return bl_pool_format(&table->parser->builder->pool, "%s%s%s%s%s", one, *two ? " " : "",
			      two, *three ? " " : "", three);
}

static void add_object(struct bl_sql_table *table, int32_t kind, const char *name,
		       const char *definition)
{
	bl_group_add(table->parser->builder, kind, table->parser->table, name, definition, "");
}

static void read_primary_key(struct bl_sql_table *table, const struct bl_sql_column *column,
			     const char *name)
{
	bool autoincrement = false;
	const char *columns = read_columns(table, column, &autoincrement);
	const char *conflict = read_conflict(table);

	if (bl_sql_accept(table->parser, "AUTOINCREMENT"))
		autoincrement = true;
	add_object(table, BOBOLINK_OBJECT_PRIMARY_KEY,
		   make_name(table, name, BOBOLINK_OBJECT_PRIMARY_KEY, columns),
		   join(table, columns, autoincrement ? "AUTOINCREMENT" : "", conflict));
}

static void read_unique(struct bl_sql_table *table, const struct bl_sql_column *column,
			const char *name)
{
	const char *columns = read_columns(table, column, NULL);

	add_object(table, BOBOLINK_OBJECT_UNIQUE,
		   make_name(table, name, BOBOLINK_OBJECT_UNIQUE, columns),
		   join(table, columns, read_conflict(table), ""));
}

/* ON DELETE x or ON UPDATE x, "" where it is NO ACTION; the last one of each counts. */
static void read_action(struct bl_sql_table *table, const char **on_delete, const char **on_update)
{
	struct bl_sql_parser *parser = table->parser;
	const struct bl_sql_token *from = parser->at;
	bool deletes = bl_sql_is(from + 1, "DELETE");
	bool nothing;
	const char *action;

	parser->at++;
	bl_sql_skip(parser);
	nothing = bl_sql_accept(parser, "NO");
	bl_sql_accept(parser, "SET");
	bl_sql_skip(parser);
	action = nothing ? "" : since(table, from);
	if (deletes)
		*on_delete = action;
	else
		*on_update = action;
}

/* [NOT] DEFERRABLE [INITIALLY DEFERRED|IMMEDIATE]: only one of the forms changes anything. */
static const char *read_deferrable(struct bl_sql_table *table)
{
	struct bl_sql_parser *parser = table->parser;
	bool refused = bl_sql_accept(parser, "NOT");
	bool deferred = false;

	bl_sql_accept(parser, "DEFERRABLE");
	if (bl_sql_accept(parser, "INITIALLY")) {
		deferred = bl_sql_is(parser->at, "DEFERRED");
		bl_sql_skip(parser);
	}
	return deferred && !refused ? "DEFERRABLE INITIALLY DEFERRED" : "";
}

static bool at_deferrable(const struct bl_sql_parser *parser)
{
	const struct bl_sql_token *at = parser->at;

	return bl_sql_is(at, "DEFERRABLE") ||
	       (bl_sql_is(at, "NOT") && bl_sql_is(at + 1, "DEFERRABLE"));
}

/* REFERENCES parent (columns) and the clauses after it. */
static void read_reference(struct bl_sql_table *table, const char *columns, const char *name)
{
	struct bl_sql_parser *parser = table->parser;
	struct bl_text text = text_new(table);
	const char *on_delete = "";
	const char *on_update = "";
	const char *deferrable = "";

	add(&text, columns);
	add(&text, " REFERENCES ");
	bl_sql_add_name(&text, bl_sql_name(&parser->builder->pool, parser->at));
	bl_sql_skip(parser);
	if (bl_sql_is_mark(parser->at, '('))
		add(&text, read_columns(table, NULL, NULL));
	for (;;) {
		if (bl_sql_is(parser->at, "ON"))
			read_action(table, &on_delete, &on_update);
		else if (bl_sql_accept(parser, "MATCH"))
			bl_sql_skip(parser);
		else if (at_deferrable(parser))
			deferrable = read_deferrable(table);
		else
			break;
	}
	add_object(table, BOBOLINK_OBJECT_FOREIGN_KEY,
		   make_name(table, name, BOBOLINK_OBJECT_FOREIGN_KEY, columns),
		   join(table, join(table, bl_sql_keep(parser, &text), on_delete, on_update),
			deferrable, ""));
}

static void read_check(struct bl_sql_table *table, const char *name)
{
	struct bl_sql_parser *parser = table->parser;
	struct bl_sql_check *grown =
		bl_memory_grow(parser->builder->pool.allocator, table->checks, table->check_count,
			       &table->check_capacity, sizeof(*grown));
	struct bl_sql_check check = { name, parser->at, parser->at, "" };

	if (bl_sql_is_mark(parser->at, '('))
		bl_sql_skip(parser);
	check.to = parser->at;
	check.conflict = read_conflict(table);
	if (!grown) {
		parser->builder->failed = true;
		return;
	}
	table->checks = grown;
	grown[table->check_count++] = check;
}

bool bl_sql_constraint(struct bl_sql_table *table, struct bl_sql_column *column, const char *name)
{
	struct bl_sql_parser *parser = table->parser;

	if (bl_sql_accept(parser, "PRIMARY")) {
		bl_sql_accept(parser, "KEY");
		read_primary_key(table, column, name);
	} else if (bl_sql_accept(parser, "UNIQUE")) {
		read_unique(table, column, name);
	} else if (bl_sql_accept(parser, "CHECK")) {
		read_check(table, name);
	} else if (!column && bl_sql_accept(parser, "FOREIGN")) {
		const char *columns;

		bl_sql_accept(parser, "KEY");
		columns = read_columns(table, NULL, NULL);
		bl_sql_accept(parser, "REFERENCES");
		read_reference(table, columns, name);
	} else if (column && bl_sql_accept(parser, "REFERENCES")) {
		struct bl_text columns = text_new(table);

		add(&columns, "(");
		bl_sql_add_name(&columns, column->name);
		add(&columns, ")");
		read_reference(table, bl_sql_keep(parser, &columns), name);
	} else {
		return false;
	}
	return true;
}

static bool same_name(const char *one, const char *other)
{
	for (; *one && *other; one++, other++) {
		char a = (char)(*one >= 'A' && *one <= 'Z' ? *one - 'A' + 'a' : *one);
		char b = (char)(*other >= 'A' && *other <= 'Z' ? *other - 'A' + 'a' : *other);

		if (a != b)
			return false;
	}
	return *one == *other;
}

/* The column that a token names; NULL when it names none. */
static const char *column_of(struct bl_sql_table *table, const struct bl_sql_token *token)
{
	const char *name;

	if (token->kind != BL_SQL_WORD && token->kind != BL_SQL_NAME)
		return NULL;
	name = bl_sql_name(&table->parser->builder->pool, token);
	for (uint32_t i = 0; i < table->column_count; i++) {
		if (same_name(table->columns[i].name, name))
			return table->columns[i].name;
	}
	return NULL;
}

static bool seen_before(struct bl_sql_table *table, const struct bl_sql_check *check,
			const struct bl_sql_token *token, const char *name)
{
	for (const struct bl_sql_token *other = check->from; other < token; other++) {
		if (column_of(table, other) == name)
			return true;
	}
	return false;
}

/* The columns that a check is about, in the order in which it names them. */
static const char *check_columns(struct bl_sql_table *table, const struct bl_sql_check *check)
{
	struct bl_text columns = text_new(table);

	add(&columns, "(");
	for (const struct bl_sql_token *token = check->from; token < check->to; token++) {
		const char *name = column_of(table, token);

		if (!name || seen_before(table, check, token, name))
			continue;
		if (columns.length > 1)
			add(&columns, ", ");
		bl_sql_add_name(&columns, name);
	}
	add(&columns, ")");
	return bl_sql_keep(table->parser, &columns);
}

void bl_sql_add_checks(struct bl_sql_table *table)
{
	for (uint32_t i = 0; i < table->check_count; i++) {
		const struct bl_sql_check *check = &table->checks[i];
		struct bl_text text = text_new(table);
		const char *name = check->name;

		bl_sql_add(&text, check->from, check->to);
		if (!name)
			name = make_name(table, NULL, BOBOLINK_OBJECT_CHECK,
					 check_columns(table, check));
		add_object(table, BOBOLINK_OBJECT_CHECK, name,
			   join(table, bl_sql_keep(table->parser, &text), check->conflict, ""));
	}
}

bool bl_sql_at_constraint(const struct bl_sql_parser *parser)
{
	static const char *const words[] = { "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK",
					     "FOREIGN" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (bl_sql_is(parser->at, words[i]))
			return true;
	}
	return false;
}
