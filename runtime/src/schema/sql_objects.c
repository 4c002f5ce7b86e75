/*
 * Objects of one row: a table with all that belongs to it, an index, a trigger or a view.
 */
#include "sql_objects.h"

#include <string.h>

bool bl_sql_accept(struct bl_sql_parser *parser, const char *word)
{
	if (!bl_sql_is(parser->at, word))
		return false;
	parser->at++;
	return true;
}

void bl_sql_skip(struct bl_sql_parser *parser)
{
	uint32_t depth = 0;

	do {
		if (parser->at->kind == BL_SQL_END)
			return;
		if (bl_sql_is_mark(parser->at, '('))
			depth++;
		else if (bl_sql_is_mark(parser->at, ')') && depth)
			depth--;
		parser->at++;
	} while (depth);
}

const char *bl_sql_keep(struct bl_sql_parser *parser, struct bl_text *text)
{
	const char *copy = "";

	if (text->failed)
		parser->builder->failed = true;
	else if (text->text)
		copy = bl_pool_copy(&parser->builder->pool, text->text, text->length);
	bl_text_release(text);
	return copy;
}

const char *bl_sql_since(struct bl_sql_parser *parser, const struct bl_sql_token *from)
{
	struct bl_text text;

	bl_text_init(&text, parser->builder->pool.allocator);
	bl_sql_add(&text, from, parser->at);
	return bl_sql_keep(parser, &text);
}

static void accept_one(struct bl_sql_parser *parser, const char *const words[4])
{
	for (size_t i = 0; i < 4; i++) {
		if (bl_sql_accept(parser, words[i]))
			return;
	}
}

/* Moves behind CREATE, the words of the kind, and the name that may follow a schema. */
static void skip_head(struct bl_sql_parser *parser)
{
	static const char *const adjectives[] = { "TEMP", "TEMPORARY", "UNIQUE", "VIRTUAL" };
	static const char *const kinds[] = { "TABLE", "INDEX", "TRIGGER", "VIEW" };

	bl_sql_accept(parser, "CREATE");
	accept_one(parser, adjectives);
	accept_one(parser, kinds);
	if (bl_sql_is(parser->at, "IF") && bl_sql_is(parser->at + 1, "NOT"))
		parser->at += 3;
	bl_sql_skip(parser);
	if (bl_sql_is_mark(parser->at, '.')) {
		parser->at++;
		bl_sql_skip(parser);
	}
}

static const char *rest_of(struct bl_sql_parser *parser)
{
	const struct bl_sql_token *from = parser->at;

	while (parser->at->kind != BL_SQL_END)
		parser->at++;
	return bl_sql_since(parser, from);
}

/* One column or expression of an index; ASC is what it is anyway. */
static void add_index_item(struct bl_sql_parser *parser, struct bl_text *text)
{
	const struct bl_sql_token *from = parser->at;
	const struct bl_sql_token *end;

	while (parser->at->kind != BL_SQL_END && !bl_sql_is_mark(parser->at, ',') &&
	       !bl_sql_is_mark(parser->at, ')'))
		bl_sql_skip(parser);
	end = parser->at;
	if (end > from + 1 && bl_sql_is(end - 1, "ASC"))
		end--;
	if (end > from &&
	    (end == from + 1 || bl_sql_is(from + 1, "DESC") || bl_sql_is(from + 1, "COLLATE")) &&
	    (from->kind == BL_SQL_WORD || from->kind == BL_SQL_NAME)) {
		bl_sql_add_name(text, bl_sql_name(&parser->builder->pool, from));
		if (++from < end)
			bl_text_add(text, " ", 1);
	}
	bl_sql_add(text, from, end);
}

static void add_index(struct bl_sql_parser *parser, const struct bl_sql_row *row, bool unique)
{
	struct bl_text text;

	bl_text_init(&text, parser->builder->pool.allocator);
	if (unique)
		bl_text_add(&text, "UNIQUE ", strlen("UNIQUE "));
	bl_text_add(&text, "(", 1);
	bl_sql_accept(parser, "ON");
	bl_sql_skip(parser);
	if (bl_sql_is_mark(parser->at, '('))
		parser->at++;
	while (parser->at->kind != BL_SQL_END && !bl_sql_is_mark(parser->at, ')')) {
		add_index_item(parser, &text);
		if (bl_sql_is_mark(parser->at, ',')) {
			bl_text_add(&text, ", ", 2);
			parser->at++;
		}
	}
	bl_text_add(&text, ")", 1);
	bl_sql_skip(parser);
	if (parser->at->kind != BL_SQL_END) {
		const char *where = rest_of(parser);

		bl_text_add(&text, " ", 1);
		bl_text_add(&text, where, strlen(where));
	}
	bl_group_add(parser->builder, BOBOLINK_OBJECT_INDEX, row->table, row->name,
		     bl_sql_keep(parser, &text), row->sql);
}

static void add_row(struct bl_sql_parser *parser, const struct bl_sql_row *row)
{
	bool is_virtual = bl_sql_is(parser->at, "CREATE") && bl_sql_is(parser->at + 1, "VIRTUAL");
	bool is_unique = bl_sql_is(parser->at, "CREATE") && bl_sql_is(parser->at + 1, "UNIQUE");

	skip_head(parser);
	switch (row->kind) {
	case BOBOLINK_OBJECT_TABLE:
		if (is_virtual)
			bl_group_add(parser->builder, BOBOLINK_OBJECT_VIRTUAL_TABLE, "", row->name,
				     rest_of(parser), row->sql);
		else
			bl_sql_table(parser, row->sql);
		break;
	case BOBOLINK_OBJECT_INDEX:
		add_index(parser, row, is_unique);
		break;
	case BOBOLINK_OBJECT_TRIGGER:
		bl_group_add(parser->builder, row->kind, row->table, row->name, rest_of(parser),
			     row->sql);
		break;
	default:
		bl_group_add(parser->builder, row->kind, "", row->name, rest_of(parser), row->sql);
		break;
	}
}

int bl_sql_objects(const struct bl_sql_row *row, struct bl_group_builder *builder)
{
	const struct bobolink_allocator *allocator = builder->pool.allocator;
	struct bl_sql_tokens tokens = { NULL, 0, 0 };
	struct bl_sql_parser parser = { builder, NULL, row->name };
	int rc = bl_sql_read(allocator, row->sql, strlen(row->sql), &tokens);

	if (rc == BOBOLINK_OK) {
		parser.at = tokens.items;
		add_row(&parser, row);
	}
	bl_memory_release(allocator, tokens.items);
	return rc;
}
