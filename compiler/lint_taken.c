/*
 * Table locks that a statement of PostgreSQL is expected to take, on tables that were there before its section.
 *
 * Receives the statements of a section, one after another; what they make themselves nobody else can see. The
 * modes are those of https://www.postgresql.org/docs/current/explicit-locking.html and of the page of each
 * command. ACCESS SHARE is left out, and what foreign keys, triggers and functions take while rows change.
 */
#include "lint_taken.h"

#include <string.h>

static const char *const mode_names[] = {
	"",	 "ROW SHARE",		"ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
	"SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE",	 "ACCESS EXCLUSIVE",
};

static void take(struct taking *taking, const char *table, enum lock_mode mode)
{
	struct taken *grown;

	if (mode == LOCK_NONE)
		return;
	for (size_t i = 0; i < taking->count; i++) {
		if (strcmp(taking->items[i].table, table) != 0)
			continue;
		if (taking->items[i].mode < mode)
			taking->items[i].mode = mode;
		return;
	}
	grown = arena_grow(taking->lint->arena, taking->items, taking->count, &taking->capacity,
			   sizeof(*grown));
	grown[taking->count++] = (struct taken){ table, mode };
	taking->items = grown;
}

void taken_object(struct taking *taking, const struct bobolink_object *table, enum lock_mode mode)
{
	take(taking, arena_format(taking->lint->arena, "%s.%s", table->schema, table->name), mode);
}

void taken_table(struct taking *taking, const struct before_table *table, enum lock_mode mode)
{
	if (table->object)
		taken_object(taking, table->object, mode);
	else
		take(taking, table->label, mode);
}

/* Behind ONLY and the schema. */
static uint32_t name_at(const struct words *words, uint32_t word)
{
	word += words_is(words, word, "ONLY");
	if (words_token(words, word + 1).kind == TOKEN_DOT)
		word += 2;
	return word;
}

static void taken_exactly(struct taking *taking, uint32_t word, enum lock_mode mode)
{
	struct before_table table;

	if (before_find(taking->lint, taking->index, word, &table) ||
	    before_find_view(taking->lint, taking->index, word, &table))
		taken_table(taking, &table, mode);
}

void taken_word(struct taking *taking, uint32_t word, enum lock_mode mode)
{
	taken_exactly(taking, name_at(&taking->statement->words, word), mode);
}

/* The same with what hangs below it. */
static void take_whole(struct taking *taking, uint32_t word, enum lock_mode mode)
{
	const struct words *words = &taking->statement->words;
	bool only = words_is(words, word, "ONLY");
	struct before_table table;

	taken_word(taking, word, mode);
	if (!only && before_find(taking->lint, taking->index, name_at(words, word), &table))
		taken_children(taking, &table, mode);
}

void taken_references(struct taking *taking, uint32_t word, uint32_t end, enum lock_mode mode)
{
	for (; word < end; word++) {
		if (words_is(&taking->statement->words, word, "REFERENCES"))
			taken_word(taking, word + 1, mode);
	}
}

void taken_children(struct taking *taking, const struct before_table *table, enum lock_mode mode)
{
	const struct catalog_entry *entry;

	if (!table->object)
		return;
	for (entry = catalog_descendants(taking->lint->before, table->name); entry;
	     entry = entry->next) {
		struct before_table child;

		before_of(taking->lint, entry->object, &child);
		taken_table(taking, &child, mode);
		taken_children(taking, &child, mode);
	}
}

static bool has_column(const struct taking *taking, const struct bobolink_object *key,
		       const char *column)
{
	const char *name;

	for (uint32_t n = 0; (name = catalog_key_column(key, n, taking->lint->arena)); n++) {
		if (strcmp(name, column) == 0)
			return true;
	}
	return false;
}

static void take_named(struct taking *taking, const char *table, enum lock_mode mode)
{
	const struct bobolink_object *object =
		catalog_find_in(taking->lint->before, BOBOLINK_OBJECT_TABLE, NULL, table);

	if (object)
		taken_object(taking, object, mode);
}

void taken_parents(struct taking *taking, const struct before_table *table, const char *key,
		   const char *column, enum lock_mode mode)
{
	const struct catalog_entry *entry;

	if (!table->object)
		return;
	for (entry = catalog_children(taking->lint->before, table->name); entry;
	     entry = entry->next) {
		const struct bobolink_object *object = entry->object;

		if (object->kind == BOBOLINK_OBJECT_FOREIGN_KEY &&
		    strcmp(object->schema, table->object->schema) == 0 &&
		    (!key || strcmp(object->name, key) == 0) &&
		    (!column || has_column(taking, object, column)))
			take_named(taking, catalog_parent_table(object, taking->lint->arena), mode);
	}
}

/* Tables with a foreign key to this one, and those with one to them. */
static void take_referencing(struct taking *taking, const char *table, enum lock_mode mode,
			     bool further)
{
	const struct catalog_entry *entry;

	if (!taking->lint->deltas_known)
		return;
	for (entry = catalog_references(taking->lint->before, table); entry; entry = entry->next) {
		size_t count = taking->count;

		take_named(taking, entry->object->parent, mode);
		if (further && taking->count > count)
			take_referencing(taking, entry->object->parent, mode, further);
	}
}

static bool cascades(const struct words *words)
{
	return words_is(words, words->count - 1, "CASCADE");
}

/* The triggers of foreign keys go from both tables; a partition is taken from its parent. */
static void take_dropped(struct taking *taking, uint32_t word)
{
	struct before_table table;
	const char *parent;

	take_whole(taking, word, LOCK_ACCESS_EXCLUSIVE);
	if (!before_find(taking->lint, taking->index, name_at(&taking->statement->words, word),
			 &table))
		return;
	taken_parents(taking, &table, NULL, NULL, LOCK_ACCESS_EXCLUSIVE);
	if (cascades(&taking->statement->words))
		take_referencing(taking, table.name, LOCK_ACCESS_EXCLUSIVE, false);
	parent = table.object ? catalog_ancestor(table.object, taking->lint->arena) : NULL;
	if (parent && strncmp(table.object->definition, "PARTITION", 9) == 0)
		take_named(taking, parent, LOCK_ACCESS_EXCLUSIVE);
}

static void take_truncated(struct taking *taking, uint32_t word)
{
	struct before_table table;

	take_whole(taking, word, LOCK_ACCESS_EXCLUSIVE);
	if (cascades(&taking->statement->words) &&
	    before_find(taking->lint, taking->index, name_at(&taking->statement->words, word),
			&table))
		take_referencing(taking, table.name, LOCK_ACCESS_EXCLUSIVE, true);
}

/* The table of an index is locked, not the index alone. */
static void take_indexed(struct taking *taking, uint32_t word, enum lock_mode mode)
{
	const struct words *words = &taking->statement->words;
	const char *name = words_name(words, name_at(words, word), taking->lint->arena);
	const struct bobolink_object *index;

	if (!taking->lint->deltas_known || !name)
		return;
	index = catalog_find(taking->lint->before, BOBOLINK_OBJECT_INDEX, name);
	if (index && lint_origin(taking->lint, taking->index, index->parent))
		take_named(taking, index->parent, mode);
}

static void take_dropped_index(struct taking *taking, uint32_t word)
{
	take_indexed(taking, word,
		     taking->statement->concurrently ? LOCK_SHARE_UPDATE_EXCLUSIVE
						     : LOCK_ACCESS_EXCLUSIVE);
}

typedef void take_fn(struct taking *taking, uint32_t word);

/* Each name of a list: a, s.b, ONLY c *. */
static void take_list(struct taking *taking, uint32_t word, take_fn *one)
{
	const struct words *words = &taking->statement->words;

	for (;;) {
		one(taking, word);
		word = name_at(words, word) + 1;
		word += words_is(words, word, "*");
		if (words_token(words, word++).kind != TOKEN_COMMA)
			return;
	}
}

static void take_created(struct taking *taking)
{
	const struct lint_statement *statement = taking->statement;
	const struct words *words = &statement->words;
	uint32_t inherits = words_find(words, statement->body, "INHERITS");

	taken_references(taking, statement->body, words->count, LOCK_SHARE_ROW_EXCLUSIVE);
	if (words_are(words, statement->body, "PARTITION OF"))
		taken_word(taking, statement->body + 2, LOCK_ACCESS_EXCLUSIVE);
	while (inherits < words->count && words_token(words, ++inherits).kind != TOKEN_RIGHT)
		taken_word(taking, inherits, LOCK_SHARE_UPDATE_EXCLUSIVE);
}

static void take_create(struct taking *taking)
{
	const struct lint_statement *statement = taking->statement;
	const struct words *words = &statement->words;
	enum lock_mode mode = statement->concurrently ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_SHARE;

	if (statement->kind == BOBOLINK_OBJECT_TABLE)
		take_created(taking);
	else if (statement->kind == BOBOLINK_OBJECT_INDEX && statement->other)
		take_whole(taking, words_find(words, statement->name_word, "ON") + 1, mode);
	else if (statement->kind == BOBOLINK_OBJECT_TRIGGER && statement->other)
		take_whole(taking, words_find(words, statement->name_word, "ON") + 1,
			   LOCK_SHARE_ROW_EXCLUSIVE);
}

/* The word in front of the target's schema, ONLY or itself. */
static uint32_t first_name(const struct lint_statement *statement)
{
	const struct words *words = &statement->words;
	uint32_t word = statement->name_word;

	if (words_token(words, word - 1).kind == TOKEN_DOT)
		word -= 2;
	return word - words_is(words, word - 1, "ONLY");
}

static void take_drop(struct taking *taking)
{
	const struct lint_statement *statement = taking->statement;
	const struct words *words = &statement->words;
	uint32_t word = first_name(statement);

	if (statement->kind == BOBOLINK_OBJECT_TABLE)
		take_list(taking, word, take_dropped);
	else if (statement->kind == BOBOLINK_OBJECT_INDEX)
		take_list(taking, word, take_dropped_index);
	else if (statement->kind == BOBOLINK_OBJECT_TRIGGER)
		take_whole(taking, words_find(words, word, "ON") + 1, LOCK_ACCESS_EXCLUSIVE);
	else
		taken_word(taking, word, LOCK_ACCESS_EXCLUSIVE);
}

/* Statements whose table stands behind a word; `after` is looked for outside parentheses. */
struct form {
	const char *phrase;
	const char *after;
	enum lock_mode mode;
};

static const struct form forms[] = {
	{ "CREATE RULE", "TO", LOCK_ACCESS_EXCLUSIVE },
	{ "CREATE OR REPLACE RULE", "TO", LOCK_ACCESS_EXCLUSIVE },
	{ "ALTER RULE", "ON", LOCK_ACCESS_EXCLUSIVE },
	{ "DROP RULE", "ON", LOCK_ACCESS_EXCLUSIVE },
	{ "CREATE POLICY", "ON", LOCK_ACCESS_EXCLUSIVE },
	{ "ALTER POLICY", "ON", LOCK_ACCESS_EXCLUSIVE },
	{ "DROP POLICY", "ON", LOCK_ACCESS_EXCLUSIVE },
	{ "ALTER TRIGGER", "ON", LOCK_ACCESS_EXCLUSIVE },
	{ "CREATE STATISTICS", "FROM", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "COMMENT ON TABLE", "TABLE", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "COMMENT ON MATERIALIZED VIEW", "VIEW", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "REFRESH MATERIALIZED VIEW CONCURRENTLY", "CONCURRENTLY", LOCK_EXCLUSIVE },
	{ "REFRESH MATERIALIZED VIEW", "VIEW", LOCK_ACCESS_EXCLUSIVE },
	{ "ALTER MATERIALIZED VIEW", "VIEW", LOCK_ACCESS_EXCLUSIVE },
	{ "CLUSTER VERBOSE", "VERBOSE", LOCK_ACCESS_EXCLUSIVE },
	{ "CLUSTER", "CLUSTER", LOCK_ACCESS_EXCLUSIVE },
	{ "VACUUM FULL ANALYZE", "ANALYZE", LOCK_ACCESS_EXCLUSIVE },
	{ "VACUUM FULL", "FULL", LOCK_ACCESS_EXCLUSIVE },
	{ "VACUUM ANALYZE", "ANALYZE", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "VACUUM", "VACUUM", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "ANALYZE", "ANALYZE", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "REINDEX TABLE CONCURRENTLY", "CONCURRENTLY", LOCK_SHARE_UPDATE_EXCLUSIVE },
	{ "REINDEX TABLE", "TABLE", LOCK_SHARE },
	{ "MERGE INTO", "INTO", LOCK_ROW_EXCLUSIVE },
};

/* VACUUM (FULL, ANALYZE) t */
static enum lock_mode vacuum_mode(const struct words *words, uint32_t *word, enum lock_mode mode)
{
	uint32_t start = *word;

	if (words_token(words, start).kind != TOKEN_LEFT)
		return mode;
	*word = words_close(words, start);
	return words_is(words, 0, "VACUUM") && words_mention(words, start, *word, "FULL")
		       ? LOCK_ACCESS_EXCLUSIVE
		       : mode;
}

static void take_index_built(struct taking *taking)
{
	const struct words *words = &taking->statement->words;

	if (words_are(words, 2, "CONCURRENTLY"))
		take_indexed(taking, 3, LOCK_SHARE_UPDATE_EXCLUSIVE);
	else
		take_indexed(taking, 2, LOCK_SHARE);
}

/* [schema .] table . column */
static void take_column(struct taking *taking, uint32_t word)
{
	const struct words *words = &taking->statement->words;

	if (words_token(words, word + 3).kind == TOKEN_DOT)
		word += 2;
	taken_exactly(taking, word, LOCK_SHARE_UPDATE_EXCLUSIVE);
}

static void take_form(struct taking *taking)
{
	const struct words *words = &taking->statement->words;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		enum lock_mode mode = forms[i].mode;
		uint32_t word;

		if (!words_are(words, 0, forms[i].phrase))
			continue;
		word = words_find(words, 0, forms[i].after) + 1;
		mode = vacuum_mode(words, &word, mode);
		word += words_are(words, word, "IF EXISTS") ? 2 : 0;
		taken_word(taking, word, mode);
		return;
	}
}

static void take_copied(struct taking *taking)
{
	const struct words *words = &taking->statement->words;

	if (words_find(words, 1, "FROM") < words->count)
		taken_word(taking, 1, LOCK_ROW_EXCLUSIVE);
}

/* LOCK [TABLE] a, b [IN … MODE] */
static enum lock_mode written_mode(const struct taking *taking)
{
	const struct words *words = &taking->statement->words;
	uint32_t in = words_find(words, 1, "IN");

	for (uint32_t i = LOCK_ROW_SHARE; i < LOCK_ACCESS_EXCLUSIVE; i++) {
		if (words_are(words, in + 1,
			      arena_format(taking->lint->arena, "%s MODE", mode_names[i])))
			return i;
	}
	return words_are(words, in + 1, "ACCESS SHARE MODE") ? LOCK_NONE : LOCK_ACCESS_EXCLUSIVE;
}

static void take_locked(struct taking *taking, uint32_t word)
{
	take_whole(taking, word, written_mode(taking));
}

/* All that the delta says is gone with the schema. */
static void take_schema(struct taking *taking)
{
	const struct lint *lint = taking->lint;
	const struct words *words = &taking->statement->words;
	uint32_t word = words_are(words, 2, "IF EXISTS") ? 4 : 2;
	bool up = lint->section == &lint->migration->up;

	for (uint32_t i = 0; lint->deltas_known && i < lint->migration->change_count; i++) {
		const struct change *change = &lint->migration->changes[i];
		const struct bobolink_object *before = up ? change->before : change->after;

		if (before && !(up ? change->after : change->before) &&
		    before->kind == BOBOLINK_OBJECT_TABLE &&
		    words_mention(words, word, words->count, before->schema))
			taken_object(taking, before, LOCK_ACCESS_EXCLUSIVE);
	}
}

static void take_other(struct taking *taking)
{
	const struct words *words = &taking->statement->words;

	if (words_is(words, 0, "LOCK"))
		take_list(taking, words_is(words, 1, "TABLE") ? 2 : 1, take_locked);
	else if (words_is(words, 0, "COPY"))
		take_copied(taking);
	else if (words_are(words, 0, "COMMENT ON COLUMN"))
		take_column(taking, 3);
	else if (words_are(words, 0, "REINDEX INDEX"))
		take_index_built(taking);
	else if (words_are(words, 0, "DROP SCHEMA"))
		take_schema(taking);
	else
		take_form(taking);
}

static void take_statement(struct taking *taking)
{
	const struct lint_statement *statement = taking->statement;

	switch (statement->action) {
	case ACTION_CREATE:
		take_create(taking);
		break;
	case ACTION_DROP:
		take_drop(taking);
		break;
	case ACTION_ALTER_TABLE:
		taken_alter(taking);
		break;
	case ACTION_RENAME_COLUMN:
		take_whole(taking, first_name(statement), LOCK_ACCESS_EXCLUSIVE);
		break;
	case ACTION_RENAME_TABLE:
		taken_word(taking, statement->name_word, LOCK_ACCESS_EXCLUSIVE);
		break;
	case ACTION_TRUNCATE:
		take_list(taking, first_name(statement), take_truncated);
		break;
	case ACTION_INSERT:
		taken_word(taking, statement->name_word, LOCK_ROW_EXCLUSIVE);
		break;
	case ACTION_UPDATE:
	case ACTION_DELETE:
		take_whole(taking, first_name(statement), LOCK_ROW_EXCLUSIVE);
		break;
	default:
		take_other(taking);
		break;
	}
}

const char *lint_taken(struct lint *lint, uint32_t index)
{
	struct taking taking = { .lint = lint,
				 .index = index,
				 .statement = &lint->statements[index] };
	const char *text = NULL;

	take_statement(&taking);
	for (size_t i = 0; i < taking.count; i++)
		text = arena_format(lint->arena, "%s%s on %s\n", text ? text : "",
				    mode_names[taking.items[i].mode], taking.items[i].table);
	return text;
}
