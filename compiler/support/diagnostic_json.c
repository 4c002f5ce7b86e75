/* Diagnostics for programs: a JSON array, and SARIF 2.1.0 (OASIS) for code scanners. */
#include "diagnostic_format.h"

#include <string.h>

#include "model.h"
#include "text.h"

/* Appends a JSON string (RFC 8259); bytes that are not UTF-8 become U+FFFD. */
static void add_string(struct buffer *out, const char *text)
{
	size_t left = strlen(text);

	buffer_add_text(out, "\"");
	while (left) {
		size_t valid = text_utf8_valid(text, left);

		for (size_t i = 0; i < valid; i++) {
			unsigned char c = (unsigned char)text[i];

			if (c == '"' || c == '\\')
				buffer_format(out, "\\%c", c);
			else if (c < 0x20 || c == 0x7F)
				buffer_format(out, "\\u%04x", c);
			else
				buffer_add(out, (const char *)&text[i], 1);
		}
		text += valid;
		left -= valid;
		if (left) {
			buffer_add_text(out, "\\ufffd");
			text++;
			left--;
		}
	}
	buffer_add_text(out, "\"");
}

static void add_member(struct buffer *out, const char *name, const char *text)
{
	buffer_format(out, ", \"%s\": ", name);
	add_string(out, text);
}

/* The column after the underlined text, when that ends on the same line. */
static uint32_t end_column(const struct diagnostic *item)
{
	uint32_t line;
	uint32_t column;

	diagnostic_position(item->source, item->offset + item->length, &line, &column);
	return line == item->line && column > item->column ? column : item->column + 1;
}

void format_json(const struct diagnostic *const *items, size_t count, struct buffer *out)
{
	buffer_add_text(out, "[");
	for (size_t i = 0; i < count; i++) {
		const struct diagnostic *item = items[i];

		buffer_format(out, "%s\n  {\"severity\": \"%s\"", i ? "," : "",
			      severity_name(item->severity));
		add_member(out, "rule", item->rule);
		if (item->path)
			add_member(out, "path", item->path);
		if (item->line)
			buffer_format(out, ", \"line\": %u, \"column\": %u", (unsigned)item->line,
				      (unsigned)item->column);
		if (item->line && item->source)
			buffer_format(out, ", \"end_column\": %u", (unsigned)end_column(item));
		add_member(out, "message", item->message);
		if (item->help)
			add_member(out, "help", item->help);
		buffer_add_text(out, "}");
	}
	buffer_add_text(out, count ? "\n]\n" : "]\n");
}

/* A path as a URI reference (RFC 3986): percent-encoded, absolute paths with the scheme file. */
static void add_uri(struct buffer *out, const char *path)
{
	static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					 "0123456789-._~/";

	buffer_add_text(out, *path == '/' ? "\"file://" : "\"");
	for (; *path; path++) {
		if (strchr(unreserved, *path))
			buffer_add(out, path, 1);
		else
			buffer_format(out, "%%%02X", (unsigned)(unsigned char)*path);
	}
	buffer_add_text(out, "\"");
}

static void add_location(const struct diagnostic *item, struct buffer *out)
{
	buffer_add_text(out, ", \"locations\": [{\"physicalLocation\": {\"artifactLocation\": "
			     "{\"uri\": ");
	add_uri(out, item->path);
	buffer_add_text(out, "}");
	if (item->line) {
		buffer_format(out, ", \"region\": {\"startLine\": %u, \"startColumn\": %u",
			      (unsigned)item->line, (unsigned)item->column);
		if (item->source)
			buffer_format(out, ", \"endColumn\": %u", (unsigned)end_column(item));
		buffer_add_text(out, "}");
	}
	buffer_add_text(out, "}}]");
}

static void add_result(const struct diagnostic *item, struct buffer *out)
{
	struct buffer text = BUFFER_INIT;

	buffer_add_text(&text, item->message);
	if (item->help)
		buffer_format(&text, "\nhelp: %s", item->help);
	buffer_format(out, "{\"ruleId\": \"%s\", \"level\": \"%s\", \"message\": {\"text\": ",
		      item->rule, severity_name(item->severity));
	add_string(out, text.text);
	buffer_add_text(out, "}");
	if (item->path)
		add_location(item, out);
	buffer_add_text(out, "}");
	buffer_release(&text);
}

void format_sarif(const struct diagnostic *const *items, size_t count, struct buffer *out)
{
	buffer_add_text(out, "{\n\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n"
			     "\"version\": \"2.1.0\",\n"
			     "\"runs\": [{\n"
			     "\"tool\": {\"driver\": {\"name\": \"bobolink\"}},\n"
			     "\"columnKind\": \"unicodeCodePoints\",\n"
			     "\"results\": [");
	for (size_t i = 0; i < count; i++) {
		buffer_add_text(out, i ? ",\n" : "\n");
		add_result(items[i], out);
	}
	buffer_add_text(out, count ? "\n]\n}]\n}\n" : "]\n}]\n}\n");
}
