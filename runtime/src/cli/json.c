/*
 * JSON: commas, quotes and escapes. Strings are escaped in runs, as most bytes need nothing.
 */
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

void bl_cli_json_init(struct bl_cli_json *json, struct bl_cli_output *output)
{
	json->output = output;
	json->empty = true;
}

static void begin(struct bl_cli_json *json, const char *key)
{
	if (!json->empty)
		bl_cli_print(json->output, ",");
	if (key)
		bl_cli_print(json->output, "\"%s\":", key);
	json->empty = false;
}

void bl_cli_json_object(struct bl_cli_json *json, const char *key)
{
	bool element = !key && !json->empty;

	begin(json, key);
	bl_cli_print(json->output, element ? "\n{" : "{");
	json->empty = true;
}

void bl_cli_json_object_end(struct bl_cli_json *json)
{
	bl_cli_print(json->output, "}");
	json->empty = false;
}

void bl_cli_json_array(struct bl_cli_json *json, const char *key)
{
	begin(json, key);
	bl_cli_print(json->output, "[");
	json->empty = true;
}

void bl_cli_json_array_end(struct bl_cli_json *json)
{
	bl_cli_print(json->output, "]");
	json->empty = false;
}

static bool needs_nothing(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

/* Writes one character that may need an escape; returns the bytes it took. */
static size_t write_character(struct bl_cli_output *output, const char *text, size_t length)
{
	unsigned char byte = (unsigned char)*text;
	size_t taken = bl_cli_utf8_length(text, length);

	if (taken == 0) {
		bl_cli_print(output, "\\ufffd");
		return 1;
	}
	if (byte == '"' || byte == '\\')
		bl_cli_print(output, "\\%c", byte);
	else if (byte == '\n')
		bl_cli_print(output, "\\n");
	else if (byte < 0x20 || byte == 0x7F)
		bl_cli_print(output, "\\u%04x", byte);
	else
		bl_cli_print(output, "%.*s", (int)taken, text);
	return taken;
}

void bl_cli_json_bytes(struct bl_cli_json *json, const char *key, const char *text, size_t length)
{
	begin(json, key);
	bl_cli_print(json->output, "\"");
	while (length) {
		size_t run = 0;

		while (run < length && run < INT16_MAX && needs_nothing((unsigned char)text[run]))
			run++;
		if (run)
			bl_cli_print(json->output, "%.*s", (int)run, text);
		else
			run = write_character(json->output, text, length);
		text += run;
		length -= run;
	}
	bl_cli_print(json->output, "\"");
}

void bl_cli_json_text(struct bl_cli_json *json, const char *key, const char *text)
{
	bl_cli_json_bytes(json, key, text, strlen(text));
}

void bl_cli_json_optional(struct bl_cli_json *json, const char *key, const char *text)
{
	if (*text)
		bl_cli_json_text(json, key, text);
	else
		bl_cli_json_null(json, key);
}

void bl_cli_json_number(struct bl_cli_json *json, const char *key, int64_t number)
{
	begin(json, key);
	bl_cli_print(json->output, "%" PRId64, number);
}

void bl_cli_json_version(struct bl_cli_json *json, const char *key, int64_t version)
{
	begin(json, key);
	bl_cli_print(json->output, "\"%" PRId64 "\"", version);
}

void bl_cli_json_bool(struct bl_cli_json *json, const char *key, bool value)
{
	begin(json, key);
	bl_cli_print(json->output, value ? "true" : "false");
}

void bl_cli_json_null(struct bl_cli_json *json, const char *key)
{
	begin(json, key);
	bl_cli_print(json->output, "null");
}
