/*
 * Terminal: widths of characters and names for those that must not be printed.
 *
 * The tables hold the blocks that terminals show in two columns (Unicode's East Asian Width W and F)
 * or in none (combining marks); C has no portable way to ask without a locale.
 */
#include "terminal.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text.h"

struct range {
	uint32_t first;
	uint32_t last;
};

static const struct range combining[] = {
	{ 0x300, 0x36F },   { 0x483, 0x489 },	 { 0x591, 0x5BD },   { 0x5BF, 0x5BF },
	{ 0x5C1, 0x5C2 },   { 0x5C4, 0x5C5 },	 { 0x610, 0x61A },   { 0x64B, 0x65F },
	{ 0x670, 0x670 },   { 0x6D6, 0x6DC },	 { 0x6DF, 0x6E4 },   { 0x730, 0x74A },
	{ 0x900, 0x902 },   { 0x93C, 0x93C },	 { 0x941, 0x948 },   { 0x94D, 0x94D },
	{ 0xE31, 0xE31 },   { 0xE34, 0xE3A },	 { 0xE47, 0xE4E },   { 0x1AB0, 0x1AFF },
	{ 0x1DC0, 0x1DFF }, { 0x200B, 0x200D },	 { 0x2060, 0x2060 }, { 0x20D0, 0x20F0 },
	{ 0x302A, 0x302D }, { 0x3099, 0x309A },	 { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F },
	{ 0xFEFF, 0xFEFF }, { 0xE0100, 0xE01EF }
};

static const struct range wide[] = {
	{ 0x1100, 0x115F },   { 0x231A, 0x231B },   { 0x2329, 0x232A },	  { 0x23E9, 0x23EC },
	{ 0x23F0, 0x23F0 },   { 0x23F3, 0x23F3 },   { 0x25FD, 0x25FE },	  { 0x2614, 0x2615 },
	{ 0x2648, 0x2653 },   { 0x267F, 0x267F },   { 0x2693, 0x2693 },	  { 0x26A1, 0x26A1 },
	{ 0x26AA, 0x26AB },   { 0x26BD, 0x26BE },   { 0x26C4, 0x26C5 },	  { 0x26CE, 0x26CE },
	{ 0x26D4, 0x26D4 },   { 0x26EA, 0x26EA },   { 0x26F2, 0x26F3 },	  { 0x26F5, 0x26F5 },
	{ 0x26FA, 0x26FA },   { 0x26FD, 0x26FD },   { 0x2705, 0x2705 },	  { 0x270A, 0x270B },
	{ 0x2728, 0x2728 },   { 0x274C, 0x274C },   { 0x274E, 0x274E },	  { 0x2753, 0x2755 },
	{ 0x2757, 0x2757 },   { 0x2795, 0x2797 },   { 0x27B0, 0x27B0 },	  { 0x27BF, 0x27BF },
	{ 0x2B1B, 0x2B1C },   { 0x2B50, 0x2B50 },   { 0x2B55, 0x2B55 },	  { 0x2E80, 0x303E },
	{ 0x3041, 0x4DBF },   { 0x4E00, 0xA4CF },   { 0xA960, 0xA97F },	  { 0xAC00, 0xD7A3 },
	{ 0xF900, 0xFAFF },   { 0xFE10, 0xFE19 },   { 0xFE30, 0xFE6F },	  { 0xFF00, 0xFF60 },
	{ 0xFFE0, 0xFFE6 },   { 0x16FE0, 0x18DFF }, { 0x1AFF0, 0x1B2FF }, { 0x1F004, 0x1F004 },
	{ 0x1F0CF, 0x1F0CF }, { 0x1F18E, 0x1F18E }, { 0x1F191, 0x1F19A }, { 0x1F200, 0x1F320 },
	{ 0x1F32D, 0x1F335 }, { 0x1F337, 0x1F37C }, { 0x1F37E, 0x1F393 }, { 0x1F3A0, 0x1F3CA },
	{ 0x1F3CF, 0x1F3D3 }, { 0x1F3E0, 0x1F3F0 }, { 0x1F3F4, 0x1F3F4 }, { 0x1F3F8, 0x1F43E },
	{ 0x1F440, 0x1F440 }, { 0x1F442, 0x1F4FC }, { 0x1F4FF, 0x1F53D }, { 0x1F54B, 0x1F54E },
	{ 0x1F550, 0x1F567 }, { 0x1F57A, 0x1F57A }, { 0x1F595, 0x1F596 }, { 0x1F5A4, 0x1F5A4 },
	{ 0x1F5FB, 0x1F64F }, { 0x1F680, 0x1F6C5 }, { 0x1F6CC, 0x1F6CC }, { 0x1F6D0, 0x1F6D2 },
	{ 0x1F6D5, 0x1F6DF }, { 0x1F6EB, 0x1F6EC }, { 0x1F6F4, 0x1F6FC }, { 0x1F7E0, 0x1F7EB },
	{ 0x1F90C, 0x1F93A }, { 0x1F93C, 0x1F945 }, { 0x1F947, 0x1F9FF }, { 0x1FA70, 0x1FAFF },
	{ 0x20000, 0x3FFFD }
};

static bool is_in(uint32_t character, const struct range *ranges, size_t count)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (character > ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && character >= ranges[low].first;
}

/* Control characters, line and paragraph separators, and the marks that reverse what follows. */
static bool is_hidden(uint32_t character)
{
	return character < 0x20 || (character >= 0x7F && character < 0xA0) ||
	       (character >= 0x200E && character <= 0x200F) ||
	       (character >= 0x2028 && character <= 0x202E) ||
	       (character >= 0x2066 && character <= 0x2069);
}

static uint32_t decode(const unsigned char *s, size_t length)
{
	switch (length) {
	case 1:
		return s[0];
	case 2:
		return (s[0] & 0x1Fu) << 6 | (s[1] & 0x3Fu);
	case 3:
		return (s[0] & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
	default:
		return (s[0] & 0x07u) << 18 | (s[1] & 0x3Fu) << 12 | (s[2] & 0x3Fu) << 6 |
		       (s[3] & 0x3Fu);
	}
}

/* Bytes of the character at the front, or 0 when it is not UTF-8. */
static size_t character_length(const char *text, size_t length)
{
	unsigned char first = (unsigned char)*text;
	size_t wanted = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

	return wanted <= length && text_utf8_valid(text, wanted) == wanted ? wanted : 0;
}

static unsigned add_name(struct buffer *out, const char *format, uint32_t value)
{
	size_t before = out->length;

	buffer_format(out, format, (unsigned)value);
	return (unsigned)(out->length - before);
}

size_t terminal_add(struct buffer *out, const char *text, size_t length, unsigned *columns)
{
	size_t bytes = character_length(text, length);
	uint32_t character;

	if (!bytes) {
		*columns = add_name(out, "\\x%02x", (unsigned char)*text);
		return 1;
	}
	character = decode((const unsigned char *)text, bytes);
	if (is_hidden(character)) {
		*columns = add_name(out, character < 0x80 ? "\\x%02x" : "\\u{%x}", character);
		return bytes;
	}
	buffer_add(out, text, bytes);
	if (is_in(character, combining, sizeof(combining) / sizeof(*combining)))
		*columns = 0;
	else
		*columns = is_in(character, wide, sizeof(wide) / sizeof(*wide)) ? 2 : 1;
	return bytes;
}

void terminal_add_text(struct buffer *out, const char *text)
{
	size_t left = strlen(text);
	unsigned columns;

	while (left) {
		size_t taken = terminal_add(out, text, left, &columns);

		text += taken;
		left -= taken;
	}
}
