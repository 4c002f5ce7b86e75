/* Definitions of an inventory taken apart: what a column is, which columns a key has, where a reference leads. */
#ifndef SHADOW_SEED_TEXT_H
#define SHADOW_SEED_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "support/arena.h"

enum seed_piece_kind {
	SEED_END,
	SEED_WORD,
	SEED_QUOTED, /* a name in quotes */
	SEED_STRING,
	SEED_NUMBER,
	SEED_OTHER, /* one character */
};

struct seed_piece {
	enum seed_piece_kind kind;
	const char *text;
	size_t length;
};

/* The piece at `text`; the next one begins behind it. */
struct seed_piece seed_piece(const char *text);
bool seed_is(struct seed_piece piece, const char *word);
/* The name in a word or quoted name, without quotes. */
const char *seed_name(struct seed_piece piece, struct arena *arena);

/* What the definition of a column says. */
struct seed_column_text {
	const char *type;
	bool not_null;
	bool has_default;
	bool generated; /* takes no value: computed, or an identity */
};

struct seed_column_text seed_column_text(const char *definition, struct arena *arena);

/* Where a foreign key leads. */
struct seed_reference {
	const char **columns;
	size_t count;
	const char *schema; /* "" when it is not said */
	const char *table;
	const char **keys; /* as many, or none: the primary key */
	size_t key_count;
};

struct seed_reference seed_reference(const char *definition, struct arena *arena);

/* Does the text name this column, outside of strings? */
bool seed_mentions(const char *text, const char *column);

#endif
