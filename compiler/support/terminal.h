/* Text as a terminal shows it: how wide it is, and nothing in it that the terminal would obey. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stddef.h>

#include "buffer.h"

/*
 * Appends the first character of `text`, or, where it is a control character, would change the direction of the text,
 * or is not UTF-8, a name for it such as \x1b or \u{202e}. `*columns` becomes the number of columns it fills.
 * Returns the bytes it took from `text`.
 */
size_t terminal_add(struct buffer *out, const char *text, size_t length, unsigned *columns);
/* Appends all of a text so. */
void terminal_add_text(struct buffer *out, const char *text);

#endif
