/*
 * Definitions taken apart. They are canonical, one line, and made by ourselves: this reads them, not SQL at large.
 */
#include "shadow_seed_text.h"

#include <ctype.h>
#include <string.h>

#include "support/text.h"

/* The length of a quoted piece; a doubled quote does not end it. */
static size_t quoted_length(const char *text, char quote)
{
	size_t length = 1;

	while (text[length]) {
		if (text[length] == quote && text[length + 1] == quote)
			length++;
		else if (text[length] == quote)
			return length + 1;
		length++;
	}
	return length;
}

static bool is_word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || (c & 0x80);
}

struct seed_piece seed_piece(const char *text)
{
	struct seed_piece piece = { SEED_OTHER, text, 1 };

	while (*piece.text == ' ' || *piece.text == '\n' || *piece.text == '\t')
		piece.text++;
	text = piece.text;
	if (!*text) {
		piece.kind = SEED_END;
		piece.length = 0;
	} else if (*text == '\'') {
		piece.kind = SEED_STRING;
		piece.length = quoted_length(text, '\'');
	} else if (*text == '"' || *text == '`') {
		piece.kind = SEED_QUOTED;
		piece.length = quoted_length(text, *text);
	} else if (isdigit((unsigned char)*text)) {
		piece.kind = SEED_NUMBER;
		piece.length = strspn(text, "0123456789.");
	} else if (is_word_byte(*text)) {
		piece.kind = SEED_WORD;
		while (is_word_byte(text[piece.length]))
			piece.length++;
	}
	return piece;
}

bool seed_is(struct seed_piece piece, const char *word)
{
	return (piece.kind == SEED_WORD || piece.kind == SEED_OTHER) &&
	       text_is(piece.text, piece.length, word);
}

const char *seed_name(struct seed_piece piece, struct arena *arena)
{
	char *name;
	size_t length = 0;

	if (piece.kind != SEED_QUOTED)
		return arena_copy(arena, piece.text, piece.length);
	name = arena_alloc(arena, piece.length, 1);
	for (size_t i = 1; i + 1 < piece.length; i++) {
		name[length++] = piece.text[i];
		i += piece.text[i] == *piece.text;
	}
	return name;
}

static bool is_name(struct seed_piece piece)
{
	return piece.kind == SEED_WORD || piece.kind == SEED_QUOTED;
}

static const char *after(struct seed_piece piece)
{
	return piece.text + piece.length;
}

static bool ends_type(struct seed_piece piece)
{
	static const char *const words[] = { "DEFAULT", "GENERATED", "NOT",	  "COLLATE",
					     "OWNS",	"CHECK",     "CONSTRAINT" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (seed_is(piece, words[i]))
			return true;
	return piece.kind == SEED_END;
}

struct seed_column_text seed_column_text(const char *definition, struct arena *arena)
{
	struct seed_column_text column = { .type = NULL };
	struct seed_piece piece = seed_piece(definition);
	struct seed_piece next;
	const char *end = definition;
	int depth = 0;

	for (; piece.kind != SEED_END; piece = next) {
		next = seed_piece(after(piece));
		depth += seed_is(piece, "(") - seed_is(piece, ")");
		if (depth > 0 || seed_is(piece, ")")) {
			end = column.type ? end : after(piece);
			continue;
		}
		if (!column.type && ends_type(piece))
			column.type = arena_copy(arena, definition, (size_t)(end - definition));
		if (!column.type)
			end = after(piece);
		column.not_null |= seed_is(piece, "NOT") && seed_is(next, "NULL");
		column.has_default |= seed_is(piece, "DEFAULT") && !seed_is(next, "NULL");
		column.generated |= seed_is(piece, "GENERATED");
	}
	if (!column.type)
		column.type = arena_copy(arena, definition, (size_t)(end - definition));
	return column;
}

/* The names between the parentheses that begin at `piece`. */
static const char **names_in(struct seed_piece *piece, size_t *count, struct arena *arena)
{
	const char **names = NULL;
	size_t capacity = 0;

	*count = 0;
	if (!seed_is(*piece, "("))
		return NULL;
	while (piece->kind != SEED_END && !seed_is(*piece, ")")) {
		*piece = seed_piece(after(*piece));
		if (!is_name(*piece))
			continue;
		names = arena_grow(arena, names, *count, &capacity, sizeof(*names));
		names[(*count)++] = seed_name(*piece, arena);
	}
	*piece = seed_piece(after(*piece));
	return names;
}

struct seed_reference seed_reference(const char *definition, struct arena *arena)
{
	struct seed_reference reference = { .schema = "", .table = "" };
	struct seed_piece piece = seed_piece(definition);

	while (piece.kind != SEED_END && !seed_is(piece, "("))
		piece = seed_piece(after(piece));
	reference.columns = names_in(&piece, &reference.count, arena);
	if (!seed_is(piece, "REFERENCES"))
		return reference;
	piece = seed_piece(after(piece));
	reference.table = seed_name(piece, arena);
	piece = seed_piece(after(piece));
	if (seed_is(piece, ".")) {
		reference.schema = reference.table;
		piece = seed_piece(after(piece));
		reference.table = seed_name(piece, arena);
		piece = seed_piece(after(piece));
	}
	reference.keys = names_in(&piece, &reference.key_count, arena);
	return reference;
}

bool seed_mentions(const char *text, const char *column)
{
	for (struct seed_piece piece = seed_piece(text); piece.kind != SEED_END;
	     piece = seed_piece(after(piece))) {
		struct arena arena = ARENA_INIT;
		bool found = false;

		if (piece.kind == SEED_WORD)
			found = text_is(piece.text, piece.length, column);
		else if (piece.kind == SEED_QUOTED)
			found = strcmp(seed_name(piece, &arena), column) == 0;
		arena_release(&arena);
		if (found)
			return true;
	}
	return false;
}
