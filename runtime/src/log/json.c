/*
 * JSON: commas, quotes and escapes. Strings are escaped in runs, as most bytes need nothing.
 */
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

void bl_json_init(struct bl_json *json, bl_put_fn *put, void *context)
{
	json->put = put;
	json->context = context;
	json->empty = true;
}

static void put_text(struct bl_json *json, const char *text)
{
	json->put(json->context, text, strlen(text));
}

static void begin(struct bl_json *json, const char *key)
{
	if (!json->empty)
		put_text(json, ",");
	if (key) {
		put_text(json, "\"");
		put_text(json, key);
		put_text(json, "\":");
	}
	json->empty = false;
}

void bl_json_object(struct bl_json *json, const char *key)
{
	bool element = !key && !json->empty;

	begin(json, key);
	put_text(json, element ? "\n{" : "{");
	json->empty = true;
}

void bl_json_object_end(struct bl_json *json)
{
	put_text(json, "}");
	json->empty = false;
}

void bl_json_array(struct bl_json *json, const char *key)
{
	begin(json, key);
	put_text(json, "[");
	json->empty = true;
}

void bl_json_array_end(struct bl_json *json)
{
	put_text(json, "]");
	json->empty = false;
}

static bool needs_nothing(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

/* Writes one character that may need an escape; returns the bytes it took. */
static size_t write_character(struct bl_json *json, const char *text, size_t length)
{
	unsigned char byte = (unsigned char)*text;
	size_t taken = bl_utf8_length(text, length);
	char escape[8];

	if (taken == 0) {
		put_text(json, "\\ufffd");
		return 1;
	}
	if (byte >= 0x80) {
		json->put(json->context, text, taken);
		return taken;
	}
	if (byte == '\n')
		snprintf(escape, sizeof(escape), "\\n");
	else if (byte < 0x20 || byte == 0x7F)
		snprintf(escape, sizeof(escape), "\\u%04x", byte);
	else
		snprintf(escape, sizeof(escape), "\\%c", byte);
	put_text(json, escape);
	return taken;
}

void bl_json_bytes(struct bl_json *json, const char *key, const char *text, size_t length)
{
	begin(json, key);
	put_text(json, "\"");
	while (length) {
		size_t run = 0;

		while (run < length && needs_nothing((unsigned char)text[run]))
			run++;
		if (run)
			json->put(json->context, text, run);
		else
			run = write_character(json, text, length);
		text += run;
		length -= run;
	}
	put_text(json, "\"");
}

void bl_json_text(struct bl_json *json, const char *key, const char *text)
{
	bl_json_bytes(json, key, text, strlen(text));
}

void bl_json_optional(struct bl_json *json, const char *key, const char *text)
{
	if (*text)
		bl_json_text(json, key, text);
	else
		bl_json_null(json, key);
}

void bl_json_number(struct bl_json *json, const char *key, int64_t number)
{
	char digits[24];

	begin(json, key);
	snprintf(digits, sizeof(digits), "%" PRId64, number);
	put_text(json, digits);
}

void bl_json_version(struct bl_json *json, const char *key, int64_t version)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRId64, version);
	bl_json_text(json, key, digits);
}

void bl_json_bool(struct bl_json *json, const char *key, bool value)
{
	begin(json, key);
	put_text(json, value ? "true" : "false");
}

void bl_json_null(struct bl_json *json, const char *key)
{
	begin(json, key);
	put_text(json, "null");
}
