/*
 * Text: UTF-8 taken apart, and each character named or measured.
 *
 * C has no way to ask for the width of a character without a locale, so the blocks that terminals
 * show in two columns, and those shown in none, stand here; names of migrations hardly need more.
 */
#include "text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct range {
	uint32_t first;
	uint32_t last;
};

static const struct range combining[] = {
	{ 0x300, 0x36F },   { 0x483, 0x489 },	{ 0x591, 0x5BD },   { 0x610, 0x61A },
	{ 0x64B, 0x65F },   { 0x200B, 0x200D }, { 0x20D0, 0x20F0 }, { 0x3099, 0x309A },
	{ 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F }, { 0xFEFF, 0xFEFF }, { 0xE0100, 0xE01EF },
};

static const struct range wide[] = {
	{ 0x1100, 0x115F },   { 0x2E80, 0x303E },   { 0x3041, 0xA4CF },	  { 0xAC00, 0xD7A3 },
	{ 0xF900, 0xFAFF },   { 0xFE30, 0xFE6F },   { 0xFF00, 0xFF60 },	  { 0xFFE0, 0xFFE6 },
	{ 0x1F300, 0x1F64F }, { 0x1F680, 0x1F6FC }, { 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD },
};

/* Control characters, line and paragraph separators, and marks that turn what follows around. */
static const struct range hidden[] = {
	{ 0x0, 0x1F },	    { 0x7F, 0x9F },	{ 0x61C, 0x61C },
	{ 0x200E, 0x200F }, { 0x2028, 0x202E }, { 0x2066, 0x2069 },
};

static bool is_in(uint32_t character, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (character >= ranges[i].first && character <= ranges[i].last)
			return true;
	}
	return false;
}

#define IS_IN(character, ranges) is_in(character, ranges, sizeof(ranges) / sizeof((ranges)[0]))

/* Bytes that a first byte announces; 0 where none may begin a character. */
static size_t announced(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xC2 || first > 0xF4)
		return 0;
	return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

size_t bl_utf8_length(const char *text, size_t length)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t wanted = announced(s[0]);

	if (wanted == 0 || wanted > length)
		return 0;
	for (size_t i = 1; i < wanted; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	}
	/* Overlong forms, surrogates, and what lies above U+10FFFF. */
	if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
	    (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
		return 0;
	return wanted;
}

static uint32_t decode(const char *text, size_t length)
{
	static const unsigned char masks[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	uint32_t character = (unsigned char)text[0] & masks[length];

	for (size_t i = 1; i < length; i++)
		character = character << 6 | ((unsigned char)text[i] & 0x3Fu);
	return character;
}

static void name_it(struct bl_glyph *glyph, uint32_t value, bool is_character)
{
	int length =
		snprintf(glyph->text, sizeof(glyph->text),
			 is_character && value >= 0x80 ? "\\u{%x}" : "\\x%02x", (unsigned)value);

	glyph->columns = (unsigned)length;
}

size_t bl_glyph_next(const char *text, size_t length, struct bl_glyph *glyph)
{
	size_t taken;
	uint32_t character;

	/* Nearly everything is plain ASCII. */
	if (*text >= 0x20 && *text < 0x7F) {
		glyph->text[0] = *text;
		glyph->text[1] = '\0';
		glyph->columns = 1;
		return 1;
	}
	taken = bl_utf8_length(text, length);
	if (taken == 0) {
		name_it(glyph, (unsigned char)*text, false);
		return 1;
	}
	character = decode(text, taken);
	if (IS_IN(character, hidden)) {
		name_it(glyph, character, true);
		return taken;
	}
	memcpy(glyph->text, text, taken);
	glyph->text[taken] = '\0';
	glyph->columns = IS_IN(character, combining) ? 0 : IS_IN(character, wide) ? 2 : 1;
	return taken;
}

unsigned bl_text_columns(const char *text)
{
	size_t left = strlen(text);
	unsigned columns = 0;

	while (left) {
		struct bl_glyph glyph;
		size_t taken = bl_glyph_next(text, left, &glyph);

		columns += glyph.columns;
		text += taken;
		left -= taken;
	}
	return columns;
}

/* Bytes of a whole text as it is shown. */
static size_t shown_length(const char *text)
{
	size_t left = strlen(text);
	size_t length = 0;

	while (left) {
		struct bl_glyph glyph;
		size_t taken = bl_glyph_next(text, left, &glyph);

		length += strlen(glyph.text);
		text += taken;
		left -= taken;
	}
	return length;
}

unsigned bl_cli_text_fit(const char *text, unsigned width, char *buffer, size_t size)
{
	static const char ellipsis[] = "…";
	bool whole = bl_text_columns(text) <= width && shown_length(text) < size;
	unsigned room = whole ? width : width - 1;
	size_t space = whole ? size : size - strlen(ellipsis);
	size_t left = strlen(text);
	unsigned columns = 0;
	size_t used = 0;

	while (left) {
		struct bl_glyph glyph;
		size_t taken = bl_glyph_next(text, left, &glyph);
		size_t length = strlen(glyph.text);

		if (columns + glyph.columns > room || used + length >= space)
			break;
		memcpy(buffer + used, glyph.text, length);
		used += length;
		columns += glyph.columns;
		text += taken;
		left -= taken;
	}
	snprintf(buffer + used, size - used, "%s", whole ? "" : ellipsis);
	return columns + (whole ? 0 : 1);
}
