/*
 * Sequences of columns: "bigint DEFAULT nextval('public.s'::regclass) OWNS public.s (INCREMENT BY 2) NOT NULL".
 *
 * Where a column is not a plain serial its sequence is made before, and given to it behind. That these are one
 * statement for whoever runs them, they stand in a block of PL/pgSQL.
 */
#include "mend_sequence.h"

#include <string.h>

/* What a definition says of the sequence. */
struct owned {
	size_t before; /* bytes of the definition before " OWNS " */
	const char *place;
	size_t place_length;
	const char *options;
	size_t options_length;
	const char *rest;
};

static void add(struct bl_text *text, const char *words)
{
	bl_text_add(text, words, strlen(words));
}

void bl_mend_add_name(struct bl_text *text, const char *name)
{
	add(text, "\"");
	for (; *name; name++) {
		if (*name == '"')
			add(text, "\"");
		bl_text_add(text, name, 1);
	}
	add(text, "\"");
}

void bl_mend_add_place(struct bl_text *text, const char *schema, const char *name)
{
	bl_mend_add_name(text, schema);
	add(text, ".");
	bl_mend_add_name(text, name);
}

static const char *skip_name(const char *at)
{
	if (*at != '"')
		return at + strcspn(at, ". (");
	for (at++; *at; at++) {
		if (*at == '"' && *++at != '"')
			break;
	}
	return at;
}

static bool find_owned(const char *definition, struct owned *owned)
{
	static const char word[] = " OWNS ";
	const char *at = strstr(definition, word);

	if (!at)
		return false;
	owned->before = (size_t)(at - definition);
	owned->place = at + strlen(word);
	at = skip_name(owned->place);
	at = *at == '.' ? skip_name(at + 1) : at;
	owned->place_length = (size_t)(at - owned->place);
	owned->options = "";
	owned->options_length = 0;
	if (strncmp(at, " (", 2) == 0) {
		owned->options = at + 2;
		owned->options_length = strcspn(owned->options, ")");
		at = owned->options + owned->options_length;
		at += *at == ')';
	}
	owned->rest = at;
	return true;
}

void bl_mend_add_definition(struct bl_text *text, const char *definition)
{
	struct owned owned;

	if (!find_owned(definition, &owned)) {
		add(text, definition);
		return;
	}
	bl_text_add(text, definition, owned.before);
	add(text, owned.rest);
}

/* Behind the type at the beginning of a definition. */
static const char *behind_type(const char *definition)
{
	return definition + strcspn(definition, " ");
}

/* Whether "serial" makes the column with this very sequence. */
static bool is_plain_serial(struct bl_mend *mend, const struct bobolink_object *column)
{
	const char *place = bl_pool_format(&mend->pool, "%s.%s_%s_seq", column->schema,
					   column->parent, column->name);
	const char *value = bl_pool_format(&mend->pool, " DEFAULT nextval('%s'::regclass) OWNS %s",
					   place, place);
	const char *rest = behind_type(column->definition);

	if (strncmp(rest, value, strlen(value)) != 0)
		return false;
	rest += strlen(value);
	return !*rest || strcmp(rest, " NOT NULL") == 0;
}

/* The columns that a text for `object` makes: itself, or those of a table. */
static bool is_made(const struct bobolink_object *column, const struct bobolink_object *object)
{
	if (column->kind != BOBOLINK_OBJECT_COLUMN || strcmp(column->schema, object->schema) != 0)
		return false;
	if (object->kind == BOBOLINK_OBJECT_COLUMN)
		return column == object;
	return strcmp(column->parent, object->name) == 0;
}

static void add_sequence(const struct bobolink_object *column, const struct owned *owned,
			 struct bl_text *text)
{
	const char *type = column->definition;

	add(text, "CREATE SEQUENCE ");
	bl_text_add(text, owned->place, owned->place_length);
	/* Where it is not told, its type is that of the column. */
	if (strncmp(owned->options, "AS ", 3) != 0) {
		add(text, " AS ");
		bl_text_add(text, type, (size_t)(behind_type(type) - type));
	}
	add(text, owned->options_length ? " " : "");
	bl_text_add(text, owned->options, owned->options_length);
	add(text, ";\n");
}

static void add_owner(const struct bobolink_object *column, const struct owned *owned,
		      struct bl_text *text)
{
	add(text, "ALTER SEQUENCE ");
	bl_text_add(text, owned->place, owned->place_length);
	add(text, " OWNED BY ");
	bl_mend_add_place(text, column->schema, column->parent);
	add(text, ".");
	bl_mend_add_name(text, column->name);
	add(text, ";\n");
}

/* The word behind "name " in the list of columns, if it is this one; the name may stand in quotes. */
static const char *find_word(struct bl_mend *mend, const char *sql, const char *name,
			     const char *word)
{
	const char *forms[] = {
		bl_pool_format(&mend->pool, " %s %s", name, word),
		bl_pool_format(&mend->pool, "(%s %s", name, word),
		bl_pool_format(&mend->pool, " \"%s\" %s", name, word),
		bl_pool_format(&mend->pool, "(\"%s\" %s", name, word),
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *found = strstr(sql, forms[i]);
		const char *end = found ? found + strlen(forms[i]) : NULL;

		if (found && (!*end || strchr(" ,)", *end)))
			return end - strlen(word);
	}
	return NULL;
}

/* "id serial" becomes "id integer DEFAULT …". */
static const char *without_serial(struct bl_mend *mend, const char *sql,
				  const struct bobolink_object *column, const struct owned *owned)
{
	static const char *const words[] = { "serial", "bigserial", "smallserial" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *found = find_word(mend, sql, column->name, words[i]);

		if (found)
			return bl_pool_format(&mend->pool, "%.*s%.*s%s", (int)(found - sql), sql,
					      (int)owned->before, column->definition,
					      found + strlen(words[i]));
	}
	return sql;
}

/*
 * What stands before (`owner` false) or behind the text for each sequence that it does not make itself. Returns how many
 * there are.
 */
static uint32_t add_each(struct bl_mend *mend, const struct bobolink_object *object, bool composed,
			 bool owner, const char **sql, struct bl_text *text)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < mend->expected->object_count; i++) {
		const struct bobolink_object *column = mend->expected->objects[i];
		struct owned owned;

		if (!is_made(column, object) || !find_owned(column->definition, &owned) ||
		    (!composed && is_plain_serial(mend, column)))
			continue;
		count++;
		if (owner) {
			add_owner(column, &owned, text);
		} else {
			add_sequence(column, &owned, text);
			*sql = without_serial(mend, *sql, column, &owned);
		}
	}
	return count;
}

const char *bl_mend_with_sequences(struct bl_mend *mend, const struct bobolink_object *object,
				   bool composed, const char *sql)
{
	struct bl_text text;

	if (object->kind != BOBOLINK_OBJECT_TABLE && object->kind != BOBOLINK_OBJECT_COLUMN)
		return sql;
	bl_text_init(&text, mend->allocator);
	add(&text, "DO $bobolink$ BEGIN\n");
	if (add_each(mend, object, composed, false, &sql, &text)) {
		add(&text, sql);
		add(&text, ";\n");
		add_each(mend, object, composed, true, &sql, &text);
		add(&text, "END $bobolink$");
		sql = bl_pool_copy(&mend->pool, text.text ? text.text : "", text.length);
	}
	mend->pool.failed |= text.failed;
	bl_text_release(&text);
	return sql;
}
