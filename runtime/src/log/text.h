/* Text as a terminal shows it: how wide it is, and nothing in it that the terminal would obey. */
#ifndef BL_TEXT_H
#define BL_TEXT_H

#include <stddef.h>

/* The longest thing shown for one character: "\u{10ffff}". */
#define BL_GLYPH_SIZE 16

/* One character as it is shown. */
struct bl_glyph {
	char text[BL_GLYPH_SIZE];
	unsigned columns; /* 0, 1 or 2; more where a name stands for a control character */
};

/*
 * Reads the character at the front of `text`. Control characters, marks that turn the direction of
 * writing, and bytes that are not UTF-8 become a name such as \x1b or \u{202e}. Returns the bytes
 * it took; `length` is at least 1.
 */
size_t bl_glyph_next(const char *text, size_t length, struct bl_glyph *glyph);

/* Bytes of the UTF-8 character (RFC 3629) at the front; 0 when it is none. */
size_t bl_utf8_length(const char *text, size_t length);

/* Columns that a whole text fills. */
unsigned bl_text_columns(const char *text);

/*
 * Writes a text as it is shown, terminated, in at most `width` columns and `size` bytes; what was cut ends
 * in "…". Returns the columns it fills.
 */
unsigned bl_cli_text_fit(const char *text, unsigned width, char *buffer, size_t size);

#endif
