/* Text as C source: string literals and comments of printable ASCII, whatever the bytes are. */
#ifndef EMIT_LITERAL_H
#define EMIT_LITERAL_H

#include <stddef.h>
#include <stdint.h>

#include "support/buffer.h"

/*
 * Adds one string literal, written as adjacent pieces: a new piece, on a new line after `indent`,
 * begins after each line end of the text and wherever a piece becomes too long for a compiler.
 * Nothing precedes the first piece.
 */
void emit_literal(struct buffer *out, const char *indent, const char *text, size_t length);
/*
 * Adds text that stands inside a block comment: what could end it, or is not printable ASCII,
 * becomes %XX.
 */
void emit_comment_text(struct buffer *out, const char *text);
/*
 * Adds text as part of a macro's name: A-Z and 0-9, and one underscore for any run of other
 * bytes.
 */
void emit_macro_text(struct buffer *out, const char *text);
/*
 * Adds the macro of a version: SHOP_V0007_ORDERS for 7 and "orders" in "shop". Unique, because
 * versions are.
 */
void emit_version_macro(struct buffer *out, const char *set, int64_t version, const char *name);

#endif
