/*
 * CREATE TABLE: its columns, its constraints, its options.
 */
#include "sql_table.h"

#include <string.h>

/* Words that end the type of a column. */
static bool at_type_end(const struct bl_sql_parser *parser)
{
	static const char *const words[] = { "CONSTRAINT", "PRIMARY", "NOT",	   "NULL",
					     "UNIQUE",	   "CHECK",   "DEFAULT",   "COLLATE",
					     "REFERENCES", "AS",      "DEFERRABLE" };
	const struct bl_sql_token *at = parser->at;

	if (at->kind == BL_SQL_END || bl_sql_is_mark(at, ',') || bl_sql_is_mark(at, ')'))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (bl_sql_is(at, words[i]))
			return true;
	}
	return bl_sql_is(at, "GENERATED") && bl_sql_is(at + 1, "ALWAYS");
}

/* One word of a type. What touches a bracket stays so: FLOAT[512] is one type. */
static void add_type_word(struct bl_text *type, const struct bl_sql_token *token, bool first)
{
	const struct bl_sql_token *before = token - 1;

	if (!first && !bl_sql_is_mark(before, '(') && !bl_sql_is_mark(token, '(') &&
	    !bl_sql_is_mark(token, ')') && !bl_sql_is_mark(token, ',') &&
	    (token->kind != BL_SQL_NAME || token->text != before->text + before->length))
		bl_text_add(type, " ", 1);
	for (uint32_t i = 0; i < token->length; i++) {
		char c = token->text[i];

		c = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
		bl_text_add(type, &c, 1);
	}
}

/* Types are compared in capitals: newer versions of SQLite keep "text" as TEXT. */
static const char *read_type(struct bl_sql_parser *parser)
{
	struct bl_text type;
	const struct bl_sql_token *from = parser->at;

	bl_text_init(&type, parser->builder->pool.allocator);
	while (!at_type_end(parser))
		bl_sql_skip(parser);
	for (const struct bl_sql_token *token = from; token < parser->at; token++)
		add_type_word(&type, token, token == from);
	return bl_sql_keep(parser, &type);
}

/* A value after DEFAULT: a sign and a literal, a word, or an expression in parentheses. */
static const char *read_default(struct bl_sql_parser *parser)
{
	bool minus = bl_sql_is_mark(parser->at, '-');
	const struct bl_sql_token *from;

	if (minus || bl_sql_is_mark(parser->at, '+'))
		parser->at++;
	from = parser->at;
	bl_sql_skip(parser);
	return bl_pool_format(&parser->builder->pool, "DEFAULT %s%s", minus ? "-" : "",
			      bl_sql_since(parser, from));
}

static const char *read_collation(struct bl_sql_parser *parser)
{
	const struct bl_sql_token *from = parser->at - 1;

	if (bl_sql_accept(parser, "BINARY"))
		return "";
	bl_sql_skip(parser);
	return bl_sql_since(parser, from);
}

/* Behind AS. */
static const char *read_generated(struct bl_sql_parser *parser)
{
	const struct bl_sql_token *from = parser->at;
	const char *expression;

	bl_sql_skip(parser);
	expression = bl_sql_since(parser, from);
	if (bl_sql_accept(parser, "STORED"))
		return bl_pool_format(&parser->builder->pool, "GENERATED ALWAYS AS %s STORED",
				      expression);
	bl_sql_accept(parser, "VIRTUAL");
	return bl_pool_format(&parser->builder->pool, "GENERATED ALWAYS AS %s", expression);
}

static void skip_conflict(struct bl_sql_parser *parser)
{
	if (bl_sql_accept(parser, "ON")) {
		bl_sql_accept(parser, "CONFLICT");
		bl_sql_skip(parser);
	}
}

static const char *read_not_null(struct bl_sql_parser *parser)
{
	const struct bl_sql_token *from = parser->at;
	bool aborts;

	if (!bl_sql_is(from, "ON"))
		return "NOT NULL";
	aborts = bl_sql_is(from + 1, "CONFLICT") && bl_sql_is(from + 2, "ABORT");
	skip_conflict(parser);
	return aborts ? "NOT NULL"
		      : bl_pool_format(&parser->builder->pool, "NOT NULL %s",
				       bl_sql_since(parser, from));
}

/* One property of a column that is no object of its own. False when it is none. */
static bool read_property(struct bl_sql_parser *parser, struct bl_sql_column *column)
{
	if (bl_sql_is(parser->at, "NOT") && bl_sql_is(parser->at + 1, "NULL")) {
		parser->at += 2;
		column->not_null = read_not_null(parser);
	} else if (bl_sql_accept(parser, "NULL")) {
		skip_conflict(parser);
	} else if (bl_sql_accept(parser, "DEFAULT")) {
		column->value = read_default(parser);
	} else if (bl_sql_accept(parser, "COLLATE")) {
		column->collation = read_collation(parser);
	} else if (bl_sql_accept(parser, "GENERATED")) {
		bl_sql_accept(parser, "ALWAYS");
	} else if (bl_sql_accept(parser, "AS")) {
		column->generated = read_generated(parser);
	} else {
		return false;
	}
	return true;
}

static bool at_item_end(const struct bl_sql_parser *parser)
{
	return parser->at->kind == BL_SQL_END || bl_sql_is_mark(parser->at, ',') ||
	       bl_sql_is_mark(parser->at, ')');
}

static const char *read_name(struct bl_sql_parser *parser)
{
	const char *name = bl_sql_name(&parser->builder->pool, parser->at);

	bl_sql_skip(parser);
	return name;
}

static void add_column(struct bl_sql_table *table, const struct bl_sql_column *column)
{
	struct bl_sql_column *grown =
		bl_memory_grow(table->parser->builder->pool.allocator, table->columns,
			       table->column_count, &table->column_capacity, sizeof(*grown));

	if (!grown) {
		table->parser->builder->failed = true;
		return;
	}
	table->columns = grown;
	grown[table->column_count++] = *column;
}

static void read_column(struct bl_sql_table *table)
{
	struct bl_sql_parser *parser = table->parser;
	struct bl_sql_column column = { "", "", "", "", "", "", "" };
	const char *name;

	column.name = read_name(parser);
	column.type = read_type(parser);
	while (!at_item_end(parser)) {
		const struct bl_sql_token *from;

		name = bl_sql_accept(parser, "CONSTRAINT") ? read_name(parser) : NULL;
		from = parser->at;
		if (at_item_end(parser) || bl_sql_constraint(table, &column, name) ||
		    read_property(parser, &column))
			continue;
		bl_sql_skip(parser);
		column.rest = bl_pool_format(&parser->builder->pool, "%s %s", column.rest,
					     bl_sql_since(parser, from));
	}
	add_column(table, &column);
}

static void read_constraint(struct bl_sql_table *table)
{
	struct bl_sql_parser *parser = table->parser;
	const char *name = bl_sql_accept(parser, "CONSTRAINT") ? read_name(parser) : NULL;

	if (!at_item_end(parser) && !bl_sql_constraint(table, NULL, name))
		bl_sql_skip(parser);
}

static void read_items(struct bl_sql_table *table)
{
	struct bl_sql_parser *parser = table->parser;

	parser->at++;
	while (parser->at->kind != BL_SQL_END && !bl_sql_is_mark(parser->at, ')')) {
		if (bl_sql_is_mark(parser->at, ','))
			parser->at++;
		else if (bl_sql_at_constraint(parser))
			read_constraint(table);
		else
			read_column(table);
	}
	bl_sql_skip(parser);
}

/* The parts that are not empty, with a space between them. */
static const char *column_definition(struct bl_sql_parser *parser,
				     const struct bl_sql_column *column)
{
	const char *const parts[] = { column->type,	 column->not_null,  column->value,
				      column->collation, column->generated, column->rest };
	struct bl_text text;

	bl_text_init(&text, parser->builder->pool.allocator);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (*parts[i] && text.length)
			bl_text_add(&text, " ", 1);
		bl_text_add(&text, parts[i], strlen(parts[i]));
	}
	return bl_sql_keep(parser, &text);
}

static void add_columns(struct bl_sql_table *table)
{
	struct bl_sql_parser *parser = table->parser;

	for (uint32_t i = 0; i < table->column_count; i++)
		bl_group_add(parser->builder, BOBOLINK_OBJECT_COLUMN, parser->table,
			     table->columns[i].name, column_definition(parser, &table->columns[i]),
			     "");
}

/* Options stand in a fixed order, whatever the text's. */
static const char *read_options(struct bl_sql_parser *parser)
{
	bool strict = false;
	bool without_rowid = false;

	while (parser->at->kind != BL_SQL_END) {
		strict |= bl_sql_is(parser->at, "STRICT");
		without_rowid |= bl_sql_is(parser->at, "WITHOUT");
		bl_sql_skip(parser);
	}
	if (strict && without_rowid)
		return "STRICT WITHOUT ROWID";
	return strict ? "STRICT" : without_rowid ? "WITHOUT ROWID" : "";
}

void bl_sql_table(struct bl_sql_parser *parser, const char *sql)
{
	struct bl_sql_table table = { .parser = parser };

	if (bl_sql_is_mark(parser->at, '('))
		read_items(&table);
	add_columns(&table);
	bl_sql_add_checks(&table);
	bl_group_add(parser->builder, BOBOLINK_OBJECT_TABLE, "", parser->table,
		     read_options(parser), sql);
	bl_memory_release(parser->builder->pool.allocator, table.columns);
	bl_memory_release(parser->builder->pool.allocator, table.checks);
}
