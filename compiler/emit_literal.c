/*
 * Text as C source: string literals and comments of printable ASCII, whatever the bytes are.
 *
 * Escapes are the simple ones and octal ones of exactly three digits (a hexadecimal escape would
 * swallow the digits that follow). Every `?` is escaped, because `??!` and its like are other
 * characters to a C99 compiler.
 */
#include "emit_literal.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

/*
 * Longest piece as it is written, without its quotes. C99 promises lines of 4,095 characters and
 * no more, and one compiler refuses a piece of 16,380.
 */
#define PIECE_MAX  4000
#define ESCAPE_MAX 4

struct piece {
	char text[PIECE_MAX];
	size_t length;
};

static bool is_printable(unsigned char byte)
{
	return byte >= ' ' && byte <= '~';
}

/* The letter of a simple escape, or 0. */
static char simple_escape(unsigned char byte)
{
	switch (byte) {
	case '\n':
		return 'n';
	case '\t':
		return 't';
	case '"':
	case '\\':
	case '?':
		return (char)byte;
	default:
		return 0;
	}
}

static void piece_add(struct piece *piece, unsigned char byte)
{
	char *end = piece->text + piece->length;
	char escape = simple_escape(byte);

	if (escape) {
		end[0] = '\\';
		end[1] = escape;
		piece->length += 2;
	} else if (is_printable(byte)) {
		end[0] = (char)byte;
		piece->length += 1;
	} else {
		end[0] = '\\';
		end[1] = (char)('0' + (byte >> 6));
		end[2] = (char)('0' + (byte >> 3 & 7));
		end[3] = (char)('0' + (byte & 7));
		piece->length += 4;
	}
}

static void piece_flush(struct piece *piece, struct buffer *out)
{
	buffer_add(out, "\"", 1);
	buffer_add(out, piece->text, piece->length);
	buffer_add(out, "\"", 1);
	piece->length = 0;
}

void emit_literal(struct buffer *out, const char *indent, const char *text, size_t length)
{
	struct piece piece;

	piece.length = 0;
	for (size_t i = 0; i < length; i++) {
		piece_add(&piece, (unsigned char)text[i]);
		if (i + 1 == length)
			break;
		if (text[i] != '\n' && piece.length + ESCAPE_MAX <= PIECE_MAX)
			continue;
		piece_flush(&piece, out);
		buffer_add(out, "\n", 1);
		buffer_add_text(out, indent);
	}
	piece_flush(&piece, out);
}

void emit_comment_text(struct buffer *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (is_printable((unsigned char)*p) && !strchr("*?\\", *p))
			buffer_add(out, p, 1);
		else
			buffer_format(out, "%%%02X", (unsigned)(unsigned char)*p);
	}
}

static void add_macro_text(struct buffer *out, const char *separator, const char *text)
{
	for (const char *p = text; *p; p++) {
		bool lower = *p >= 'a' && *p <= 'z';
		char upper = lower ? (char)(*p - 'a' + 'A') : *p;

		if (!(upper >= 'A' && upper <= 'Z') && !(upper >= '0' && upper <= '9')) {
			separator = "_";
			continue;
		}
		buffer_add_text(out, separator);
		separator = "";
		buffer_add(out, &upper, 1);
	}
}

void emit_macro_text(struct buffer *out, const char *text)
{
	add_macro_text(out, "", text);
}

void emit_version_macro(struct buffer *out, const char *set, int64_t version, const char *name)
{
	emit_macro_text(out, set);
	buffer_format(out, "_V%04" PRId64, version);
	add_macro_text(out, "_", name);
}
